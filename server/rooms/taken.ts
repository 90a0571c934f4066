import { type Refusal, refuse } from '#app/domain/rooms/reasons.ts';
import type { Transaction } from '#db/client.ts';
import type { Presence, PresenceAnswer } from './ingest.ts';
import { rowSource } from './row-source.ts';

/** Answers by platform event id. */
export type Taken = Map<string, PresenceAnswer>;

/** Answers already given for platform event ids of this batch. */
export async function takenBefore(
  tx: Transaction,
  roomId: string,
  batch: readonly Presence[],
): Promise<Taken> {
  const ids = batch.flatMap(({ eventId }) => eventId ?? []);
  if (ids.length === 0) return new Map();
  const rows = await tx<{ event_id: string; refusal: Refusal | null }[]>`
    select event_id, refusal from ingested_event
    where room_id = ${roomId} and event_id = any(${ids})`.execute();
  return new Map(
    rows.map(({ event_id, refusal }) => [
      event_id,
      refusal === null ? { ok: true, repeated: true } : refuse(refusal),
    ]),
  );
}

const answerRows = rowSource({ event_id: 'text', refusal: 'text' });

/** Remembers the answers, so that the same id is taken in once. */
export async function markTaken(
  tx: Transaction,
  roomId: string,
  batch: readonly Presence[],
  answers: readonly PresenceAnswer[],
): Promise<void> {
  const rows = new Map<string, { event_id: string; refusal: string | null }>();
  for (const [index, { eventId }] of batch.entries()) {
    const answer = answers[index] as PresenceAnswer;
    if (eventId === undefined || rows.has(eventId)) continue;
    rows.set(eventId, { event_id: eventId, refusal: answer.ok ? null : answer.reason });
  }
  if (rows.size === 0) return;
  await tx`
    insert into ingested_event (room_id, event_id, refusal)
    select ${roomId}, x.event_id, x.refusal from ${answerRows(tx, [...rows.values()])}
    on conflict do nothing`.execute();
}
