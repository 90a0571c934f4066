import { settle } from '#app/domain/rooms/fold.ts';
import type { Db, Transaction } from '#db/client.ts';
import type { Ending } from '#db/transaction.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { changeOf, type RoomChange, type RoomDraft, startDraft } from './draft.ts';
import { loadPeople, lockRoom } from './load.ts';
import { headOf, seatOf } from './rows.ts';
import { saveDrafts } from './write.ts';

/** What changes a draft; returns the audit entries that go with it. */
export type Work<Ahead = void> = (
  draft: RoomDraft,
  tx: Transaction,
  ahead: Ahead,
) => Promise<AuditEntry[]> | AuditEntry[];

/** Reads what the work needs besides, right behind the lock. */
export type Ahead<Value> = (tx: Transaction) => Promise<Value>;

/**
 * Runs `work` on a room under its lock, with the named participants loaded, and saves what it
 * recorded. For presence, the media plane's reports and acts of the system; people's commands go
 * through `execute`.
 * @returns the committed change, or null when nothing happened or the room doesn't exist
 */
export function transact<Value = void>(
  db: Db,
  roomId: string,
  members: readonly string[],
  work: Work<Value>,
  ahead?: Ahead<Value>,
): Promise<RoomChange | null> {
  return db.transact((tx) => transactIn(tx, roomId, members, work, ahead));
}

/** The same within a transaction that has already begun; its end is the caller's to wait for. */
export async function transactIn<Value = void>(
  tx: Transaction,
  roomId: string,
  members: readonly string[],
  work: Work<Value>,
  ahead?: Ahead<Value>,
): Promise<Ending<RoomChange | null>> {
  const [room, people, more] = await Promise.all([
    lockRoom(tx, roomId),
    loadPeople(tx, roomId, members),
    ahead?.(tx),
  ]);
  if (room === null) return { value: null };
  const draft = startDraft(headOf(room), people.map(seatOf));
  const entries = await work(draft, tx, more as Value);
  if (draft.events.length > 0) settle(draft, draft.events.at(-1)?.at ?? Date.now());
  const writes = Promise.all([
    entries.length > 0 && appendAudit(tx, entries),
    saveDrafts(tx, [draft]),
    ...draft.beside,
  ]);
  return { value: changeOf(draft), writes };
}
