import { type Refused, refuse } from '#app/domain/rooms/reasons.ts';
import type { Db, Transaction } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { reportEntries } from '#server/audit/report-entries.ts';
import { insertMessages, reportMessage } from '#server/webhooks/messages.ts';
import { knownConflict } from './conflicts.ts';
import { lockRoom } from './load.ts';

/** A report a member makes in a room they are in. */
export interface MemberReport {
  /** Made by the client when the form opens: the same id is stored once. */
  id: string;
  room: string;
  reporter: string;
  /** Who it is about. */
  member: string;
  category: string;
  text: string;
  /** Span on the room's clock, in seconds since it opened. */
  from?: number | undefined;
  to?: number | undefined;
}

/** A report that stands. */
export interface Filed {
  ok: true;
  reportId: string;
  /** False: the reporter had reported this person here before. */
  fresh: boolean;
}

/**
 * Stores a member's report and pins the room, both on the record, the reporter only by reference.
 * No room event: the reported person may be watching this room.
 * @returns the id under which it stands: that of the reporter's earlier open report on the same
 *   person in the same room, when there is one
 */
export async function fileReport(db: Db, report: MemberReport): Promise<Filed | Refused> {
  try {
    return (await db.begin((tx) => fileIn(tx, report))) as Filed | Refused;
  } catch (error) {
    const known = knownConflict(error);
    if (known === undefined) throw error;
    return refuse(known);
  }
}

async function fileIn(tx: Transaction, report: MemberReport): Promise<Filed | Refused> {
  const [room, seats, before] = await Promise.all([
    lockRoom(tx, report.room),
    tx<{ member_id: string; member_ref: string; presence: string }[]>`
      select member_id, member_ref, presence from participant
      where room_id = ${report.room} and member_id = any(${[report.reporter, report.member]})`,
    tx<{ id: string; same: boolean }[]>`
      select r.id, r.reporter_ref = 'member:' || p.member_ref and r.room_id = ${report.room}
        and r.subject_id = ${report.member} as same
      from report r
      join participant p on p.room_id = ${report.room} and p.member_id = ${report.reporter}
      where r.id = ${report.id}
        or (r.room_id = ${report.room} and r.subject_id = ${report.member}
          and r.reporter_ref = 'member:' || p.member_ref and r.closed_at is null)
      order by (r.id = ${report.id}) desc`,
  ]);
  if (room === null) return refuse('room_not_found');
  if (report.member === report.reporter) return refuse('yourself');
  const reporter = seats.find((seat) => seat.member_id === report.reporter);
  const subject = seats.find((seat) => seat.member_id === report.member);
  if (!reporter || reporter.presence === 'gone') return refuse('not_present');
  if (!subject) return refuse('not_in_room');
  const [found] = before;
  if (found) {
    return found.same
      ? { ok: true, reportId: found.id, fresh: false }
      : refuse('command_id_reused');
  }
  if (room.status === 'ended') return refuse('room_ended');
  const at = Date.now();
  const by = `member:${reporter.member_ref}`;
  const pins = room.pinned_at === null;
  const entries = reportEntries({
    reportId: report.id,
    room: report.room,
    reporter: by,
    subject: `member:${subject.member_ref}`,
    category: report.category,
    words: report,
    pins,
    at,
  });
  await Promise.all([
    appendAudit(tx, entries),
    pins && tx`update room set pinned_at = ${new Date(at).toISOString()} where id = ${report.room}`,
    tx`
      insert into report (id, room_id, subject_id, reporter_ref, category, text, from_second,
        to_second, at)
      values (${report.id}, ${report.room}, ${report.member}, ${by}, ${report.category},
        ${report.text}, ${report.from ?? null}, ${report.to ?? null}, ${new Date(at).toISOString()})`,
    insertMessages(tx, [reportMessage(report.id, { ...report, at })]).execute(),
  ]);
  return { ok: true, reportId: report.id, fresh: true };
}
