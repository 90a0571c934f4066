import { settle } from '#app/domain/rooms/fold.ts';
import { introducedBy } from '#app/domain/rooms/frame.ts';
import type { Db, Transaction } from '#db/client.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { changeOf, type RoomChange, type RoomDraft, startDraft } from './draft.ts';
import { loadCards, loadPeople, lockRoom } from './load.ts';
import { saveDraft } from './write.ts';

/** What changes a draft; returns the audit entries that go with it. */
export type Work = (draft: RoomDraft, tx: Transaction) => Promise<AuditEntry[]> | AuditEntry[];

/**
 * Runs `work` on a room under its lock, with the named participants loaded, and saves what it
 * recorded. For presence, the media plane's reports and acts of the system; people's commands go
 * through `execute`.
 * @returns the committed change, or null when nothing happened or the room doesn't exist
 */
export async function transact(
  db: Db,
  roomId: string,
  members: readonly string[],
  work: Work,
): Promise<RoomChange | null> {
  const done = db.sql.begin((tx) => transactIn(tx, roomId, members, work));
  return done as Promise<RoomChange | null>;
}

/** The same within a transaction that has already begun. */
export async function transactIn(
  tx: Transaction,
  roomId: string,
  members: readonly string[],
  work: Work,
): Promise<RoomChange | null> {
  const [room, people] = await Promise.all([lockRoom(tx, roomId), loadPeople(tx, roomId, members)]);
  if (room === null) return null;
  const draft = startDraft(room, people);
  const entries = await work(draft, tx);
  if (draft.events.length > 0) settle(draft, draft.events.at(-1)?.at ?? Date.now());
  const [, , cards] = await Promise.all([
    entries.length > 0 && appendAudit(tx, entries),
    saveDraft(tx, draft),
    loadCards(tx, roomId, introducedBy(draft.events)),
  ]);
  return changeOf(draft, cards);
}
