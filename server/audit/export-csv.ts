import type { AuditQuery, AuditRow } from '#app/domain/audit/view.ts';
import type { Db } from '#db/client.ts';
import { readRows } from './read-rows.ts';
import { walkEvents } from './walk-events.ts';

const COLUMNS = {
  recorded_at: 'at',
  event: 'id',
  action: 'action',
  outcome: 'outcome',
  actor: 'actorRef',
  actor_name: 'actorName',
  target: 'targetRef',
  target_name: 'targetName',
  room: 'room',
  case: 'case',
  reason: 'reason',
  parent: 'parentId',
  reverses: 'reversesId',
} as const satisfies Record<string, keyof AuditRow>;

/** The events that a query finds as CSV (RFC 4180), its header first, some hundred lines at a time. */
export async function* csvLines(db: Db, query: AuditQuery): AsyncGenerator<string, void> {
  // Spreadsheets take it for UTF-8 only with this mark.
  yield `\ufeff${Object.keys(COLUMNS).join(',')}\r\n`;
  for await (const found of walkEvents(db.sql, query)) {
    const rows = await readRows(
      db,
      found.map(({ id }) => id),
    );
    yield rows.map(lineOf).join('');
  }
}

function lineOf(row: AuditRow): string {
  return `${Object.values(COLUMNS)
    .map((name) => cellOf(row[name]))
    .join(',')}\r\n`;
}

/** One cell. What a spreadsheet would take for a formula is text, and stays it. */
export function cellOf(value: string | null): string {
  if (value === null) return '';
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
