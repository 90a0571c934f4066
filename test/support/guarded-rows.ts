import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { beforeEach } from 'vitest';
import type { Transaction } from '#db/client.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import type { TestDatabase } from '#test/support/postgres.ts';

/** A change in a transaction; `events`: ids of what is put on the record with it. */
export type Change = (tx: Transaction, events: string[]) => Promise<unknown>;

/** The error of a change that no event speaks of. */
export const unrecorded = '23000';

/** Rows of every guarded table, made anew for each test, and changes of them. */
export function useGuardedRows(base: TestDatabase) {
  // Ids of what each test finds.
  const ids = {} as Record<
    'room' | 'member' | 'ref' | 'other' | 'operator' | 'report' | 'note' | 'link',
    string
  >;

  beforeEach(async () => {
    const tag = randomUUID();
    Object.assign(ids, {
      room: `room-${tag}`,
      member: `member-${tag}`,
      ref: randomUUID(),
      other: randomUUID(),
      operator: randomUUID(),
      report: randomUUID(),
      note: randomUUID(),
      link: `link-${tag}`,
    });
    const targets = [person(), room(), operator(), `report:${ids.report}`, `hand_over:${ids.note}`];
    await base.db.sql.begin(async (tx) => {
      await appendAudit(
        tx,
        targets.map((target) => entry(target)),
      );
      await tx`insert into room (id, title, opened_at) values (${ids.room}, 'Talk', now())`;
      await tx`insert into member (id, ref, handle, name) values (${ids.member}, ${ids.ref}, 'h', 'n')`;
      await tx`
        insert into participant (room_id, member_id, member_ref, ord, role, presence, via)
        values (${ids.room}, ${ids.member}, ${ids.ref}, 0, 'speaker', 'present', 'socket'),
          (${ids.room}, 'other', ${ids.other}, 1, 'listener', 'present', 'socket')`;
      await tx`insert into operator (id, name, roles) values (${ids.operator}, ${tag}, '{lead}')`;
      await tx`
        insert into report (id, room_id, subject_id, reporter_ref, category, text, at)
        values (${ids.report}, ${ids.room}, ${ids.member}, 'member:x', 'abuse', 'said', now())`;
      await tx`
        insert into hand_over (id, room_id, by_ref, by_name, note, at)
        values (${ids.note}, ${ids.room}, 'member:x', 'X', 'note', now())`;
      await tx`
        insert into sign_in_link (token_hash, operator_id, expires_at)
        values (${ids.link}, ${ids.operator}, now())`;
      await tx`
        insert into session (token_hash, member_id, room_id, expires_at)
        values (${ids.link}, ${ids.member}, ${ids.room}, now())`;
    });
  });

  const entry = (target: string, extra: Partial<AuditEntry> = {}): AuditEntry => ({
    action: 'test.done',
    outcome: 'accepted',
    occurred_at: Date.now(),
    actor: 'operator:1',
    target,
    room: ids.room,
    ...extra,
  });

  /** Commits a change together with events, as the application. @returns the error's code, or null */
  async function commit(change: Change, entries: AuditEntry[] = []): Promise<string | null> {
    return base.db.sql
      .begin(async (tx) => {
        await change(tx, entries.length > 0 ? await appendAudit(tx, entries) : []);
      })
      .then(
        () => null,
        (error: postgres.PostgresError) => error.code,
      );
  }

  const set = (assignment: string) => (tx: Transaction) =>
    tx`update participant set ${tx.unsafe(assignment)} where room_id = ${ids.room} and member_id = ${ids.member}`;
  const setRoom = (assignment: string) => (tx: Transaction) =>
    tx`update room set ${tx.unsafe(assignment)} where id = ${ids.room}`;
  const join = (columns: string, values: string) => (tx: Transaction) =>
    tx`insert into participant (room_id, member_id, member_ref, ord, presence, via, ${tx.unsafe(columns)})
      values (${ids.room}, 'new', ${ids.ref}, 9, 'present', 'socket', ${tx.unsafe(values)})`;

  const person = () => `member:${ids.ref}`;
  const room = () => `room:${ids.room}`;
  const operator = () => `operator:${ids.operator}`;

  return { ids, entry, commit, set, setRoom, join, person, room, operator };
}
