import { isIP } from 'node:net';

/**
 * The network a member comes from, coarsely: `/24` of an IPv4 address (mapped into IPv6 or not),
 * `/48` of an IPv6 address, or anything else as the opaque name a platform gives its networks.
 */
export function networkOf(addressOrName: string): string {
  const address = addressOrName.trim().replace(/%.*$/, '');
  switch (isIP(address)) {
    case 4:
      return prefixOfFour(address.split('.'));
    case 6: {
      const groups = groupsOf(address);
      const mapped = groups.slice(0, 6).join() === '0,0,0,0,0,65535';
      if (!mapped) return `${hex(groups.slice(0, 3))}::/48`;
      const [high = 0, low = 0] = groups.slice(6);
      return prefixOfFour([high >> 8, high & 255, low >> 8].map(String));
    }
    default:
      return `name ${addressOrName.trim()}`;
  }
}

function prefixOfFour(octets: string[]): string {
  return `${octets.slice(0, 3).join('.')}.0/24`;
}

function hex(groups: number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}

/** The eight 16-bit groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return hex([a * 256 + b, c * 256 + d]);
  });
  const [head = '', tail] = plain.split('::');
  const read = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => parseInt(group, 16));
  const before = read(head);
  if (tail === undefined) return before;
  const after = read(tail);
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}
