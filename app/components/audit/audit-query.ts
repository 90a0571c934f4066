import type { AuditQuery } from '#app/domain/audit/view.ts';

const LONGEST = 200;
const TEXTS = [
  'action',
  'actor',
  'subject',
  'room',
  'case',
  'words',
  'reverses',
  'parent',
  'before',
  'after',
] as const satisfies readonly (keyof AuditQuery)[];
const TIMES = ['from', 'to'] as const;

/** @returns what an address asks the log for; empty and unknown values don't narrow. */
export function readQuery(params: URLSearchParams): AuditQuery {
  const query: AuditQuery = {};
  for (const name of TEXTS) {
    const value = params.get(name)?.trim().slice(0, LONGEST);
    if (value) query[name] = value;
  }
  for (const name of TIMES) {
    const value = readTime(params.get(name));
    if (value) query[name] = value;
  }
  const outcome = params.get('outcome');
  if (outcome === 'accepted' || outcome === 'refused') query.outcome = outcome;
  return query;
}

/** Days and times without a zone are UTC's: no address means another time elsewhere. */
export function readTime(text: string | null): string | null {
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z?)?$/;
  if (text === null || !form.test(text)) return null;
  const time = new Date(text.includes('T') && !text.endsWith('Z') ? `${text}Z` : text);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** What an address of the log holds. */
export interface LogAddress extends AuditQuery {
  /** Columns not shown, joined by commas; empty shows all, absent the usual ones. */
  hide?: string;
}

/** @returns all that an address says: what it asks for, and how that is shown. */
export function readAddress(params: URLSearchParams): LogAddress {
  const hide = params.get('hide')?.slice(0, LONGEST);
  return { ...readQuery(params), ...(hide !== undefined && { hide }) };
}

/** @returns the search of the log as asked for, without `?`. */
export function searchOf(query: LogAddress): string {
  return new URLSearchParams({ ...query }).toString();
}

/** @returns the path of the log as asked for. */
export function pathOf(query: LogAddress): string {
  const text = searchOf(query);
  return text ? `/log?${text}` : '/log';
}

/** @returns the same address, at its first page. */
export function firstPageOf({ before: _, after: __, ...rest }: LogAddress): LogAddress {
  return rest;
}

/** @returns whether anything but the page narrows the log. */
export function isNarrowed(query: LogAddress): boolean {
  return Object.keys(firstPageOf(query)).some((name) => name !== 'hide');
}

/** An event's own page. */
export function pathOfEvent(id: string): string {
  return `/log/${id}`;
}
