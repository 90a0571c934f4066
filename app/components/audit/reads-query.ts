import { READ_PURPOSES, type ReadsQuery } from '#app/domain/audit/view.ts';
import { readTime } from './audit-query.ts';

const LONGEST = 200;
const TEXTS = ['actor', 'subject', 'event', 'case', 'before'] as const;

/** @returns what an address asks the log of reads for; empty and unknown values don't narrow. */
export function readReadsQuery(params: URLSearchParams): ReadsQuery {
  const query: ReadsQuery = {};
  for (const name of TEXTS) {
    const value = params.get(name)?.trim().slice(0, LONGEST);
    if (value) query[name] = value;
  }
  for (const name of ['from', 'to'] as const) {
    const value = readTime(params.get(name));
    if (value) query[name] = value;
  }
  const purpose = READ_PURPOSES.find((one) => one === params.get('purpose'));
  if (purpose) query.purpose = purpose;
  const released = params.get('released');
  if (released === 'yes' || released === 'no') query.released = released;
  return query;
}

/** @returns the path of the log of reads as asked for. */
export function pathOfReads(query: ReadsQuery): string {
  const text = new URLSearchParams({ ...query }).toString();
  return text ? `/log/reads?${text}` : '/log/reads';
}
