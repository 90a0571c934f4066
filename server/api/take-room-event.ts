import { refuse } from '#app/domain/rooms/reasons.ts';
import type { App } from '#server/app.ts';
import type { PresenceAnswer } from '#server/rooms/ingest.ts';
import type { PlatformEvent } from './schemas.ts';

type OnRoom = Extract<PlatformEvent, { type: 'room_opened' | 'room_ended' }>;

/**
 * Opens or ends a room. Saying again what is so already is no error, under any id; the id is
 * remembered so that the same event sent late answers as it did.
 */
export async function takeRoomEvent(
  app: App,
  room: string,
  actor: string,
  event: OnRoom,
): Promise<PresenceAnswer> {
  const { sql } = app.db;
  const [taken] = await sql`
    select from ingested_event
    where room_id = ${room} and event_id = ${event.id} and refusal is null`;
  if (taken) return { ok: true, repeated: true };
  const changed = await change(app, room, actor, event);
  const [row] = await sql<{ live: boolean }[]>`
    select status = 'live' as live from room where id = ${room}`;
  if (!row) return refuse('room_not_found');
  if (event.type === 'room_opened' && !changed && !row.live) return refuse('room_ended');
  // Ended before: it answers the same for ever, and a purged room must stay empty.
  if (!changed && !row.live) return { ok: true, repeated: true };
  await sql`
    insert into ingested_event (room_id, event_id) values (${room}, ${event.id})
    on conflict do nothing`;
  return changed ? { ok: true } : { ok: true, repeated: true };
}

function change(app: App, room: string, actor: string, event: OnRoom): Promise<boolean> {
  if (event.type === 'room_ended') return app.end(room, actor);
  const { title, language, shiftHours, openedAt } = event;
  const opening = {
    id: room,
    title,
    language,
    ...(shiftHours !== undefined && { shiftHours }),
    ...(openedAt !== undefined && { openedAt: Date.parse(openedAt) }),
  };
  return app.open(opening, actor);
}
