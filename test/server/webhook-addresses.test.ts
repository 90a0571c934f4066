import type { lookup } from 'node:dns';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isPublicAddress, publicLookup } from '#server/webhooks/public-address.ts';
import { sendOnce } from '#server/webhooks/send.ts';

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'localhost',
    '',
  ])('%s is not of the public internet', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

/** Resolves every name to these addresses. */
function resolvingTo(addresses: string[]): typeof lookup {
  const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  const resolve = (_: string, __: object, done: (error: null, found: object[]) => void) =>
    done(null, found);
  return resolve as unknown as typeof lookup;
}

describe('a name', () => {
  const to = (url: string, addresses: string[]) =>
    sendOnce(url, {}, '{}', {
      strict: true,
      timeoutMs: 1_000,
      lookup: publicLookup(resolvingTo(addresses)),
    });
  const refused = { ok: false, status: null, error: 'private_address' };

  it.each([
    ['a private address', ['10.0.0.5']],
    ['the cloud’s metadata', ['169.254.169.254']],
    ['loopback by IPv6', ['::1']],
    ['a public and a private one', ['1.1.1.1', '192.168.0.1']],
    ['nothing', []],
  ])('that leads to %s is refused after it was resolved', async (_, addresses) => {
    expect(await to('https://app.example/hook', addresses)).toEqual(refused);
  });

  it('is resolved once for a connection: what was checked is where it goes', async () => {
    let connections = 0;
    const inside = createServer(() => connections++);
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void inside.close());
    const { port } = inside.address() as { port: number };
    let asked = 0;
    const resolve = (_: string, __: object, done: (error: null, found: object[]) => void) => {
      asked++;
      // Another answer to a second question would be the attack.
      done(null, [{ address: asked === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }]);
    };
    const lookup = publicLookup(resolve as never);
    const sent = await sendOnce(`https://rebind.example:${port}/`, {}, '{}', {
      strict: true,
      timeoutMs: 1_000,
      lookup,
    });
    expect([sent, asked, connections]).toEqual([refused, 1, 0]);
  });

  it('is not asked for at all where the address is one already, however it is written', async () => {
    for (const host of ['127.1', '0177.0.0.1', '2130706433', '[::ffff:7f00:1]', 'localhost.']) {
      expect(await to(`https://${host}/`, ['1.1.1.1'])).toEqual(refused);
    }
    expect(await to('http://app.example/', ['1.1.1.1'])).toMatchObject({ error: 'not_https' });
  });
});
