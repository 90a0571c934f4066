import type { AuditQuery } from '#app/domain/audit/view.ts';

const LONGEST = 200;

/** @returns what an address asks the log for; empty and unknown values don't narrow. */
export function readQuery(params: URLSearchParams): AuditQuery {
  const query: AuditQuery = {};
  for (const name of ['action', 'actor', 'room', 'before'] as const) {
    const value = params.get(name)?.trim().slice(0, LONGEST);
    if (value) query[name] = value;
  }
  const outcome = params.get('outcome');
  if (outcome === 'accepted' || outcome === 'refused') query.outcome = outcome;
  return query;
}

/** @returns the path of the log as asked for. */
export function pathOf(query: AuditQuery): string {
  const text = new URLSearchParams({ ...query }).toString();
  return text ? `/log?${text}` : '/log';
}

/** @returns whether anything but the page narrows the log. */
export function isNarrowed({ before: _, ...filters }: AuditQuery): boolean {
  return Object.keys(filters).length > 0;
}

/**
 * Where an event can be seen among those around it: pages go by "before an id", so the page before
 * the id that would come next begins with the event itself.
 */
export function pathOfEvent(id: string): string {
  return `${pathOf({ before: nextId(id) })}#${id}`;
}

/** @returns the UUID one above; the largest stays. */
export function nextId(id: string): string {
  const value = BigInt(`0x${id.replaceAll('-', '')}`);
  const largest = (1n << 128n) - 1n;
  const hex = (value < largest ? value + 1n : value).toString(16).padStart(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
