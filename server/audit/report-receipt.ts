import type { Receipt } from '#app/domain/audit/receipt.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { Db } from '#db/client.ts';
import { findEvents } from './find-events.ts';
import { proveEvent } from './prove-event.ts';
import { receiptOf } from './read-receipt.ts';

/** What whoever reported may keep of it. @throws when there is no such report on the record */
export async function readReportReceipt(db: Db, reportId: string): Promise<Receipt> {
  const filter = { targets: [`report:${reportId}`], action: 'report.filed' };
  const { events } = await findEvents(db.sql, filter, {}, 1);
  const receipt = events[0] && (await receiptOf(db, events[0].id));
  if (!receipt) throw new Error('A report is not on the record');
  return receipt;
}

/**
 * The same with the event's proof, for a member who reported in a room.
 * @returns `proof`: the text of a .tlog-proof, null until the event is in the signed tree; null when the
 * report isn't theirs
 */
export async function proveReport(
  db: Db,
  { room, member, report }: { room: string; member: string; report: string },
): Promise<{ receipt: Receipt; proof: string | null } | null> {
  const [own] = await db.sql`
    select from report r join participant p on p.room_id = r.room_id
    where r.id = ${report} and p.room_id = ${room} and p.member_id = ${member}
      and r.reporter_ref = 'member:' || p.member_ref`;
  if (!own) return null;
  const receipt = await readReportReceipt(db, report);
  try {
    return { receipt, proof: await proveEvent(db.sql, receipt.event, null) };
  } catch (error) {
    if (error instanceof TlogError && error.kind === 'incomplete') return { receipt, proof: null };
    throw error;
  }
}
