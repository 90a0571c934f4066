import { randomUUID } from 'node:crypto';
import type { Db } from '#db/client.ts';
import type { App } from '#server/app.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { addLeads, fillRoom } from './crowd.ts';

export interface Someone {
  room: string;
  member: string;
}

/** Opens `rooms` rooms of `people` listeners each. @returns everyone, a room after the other in turn */
export async function fillRooms(app: App, rooms: number, people: number): Promise<Someone[]> {
  const ids = await Promise.all(
    Array.from({ length: rooms }, (_, i) => fillRoom(app, `room${i}`, people)),
  );
  return Array.from({ length: rooms * people }, (_, i) => ({
    room: `room${i % rooms}`,
    member: ids[i % rooms]?.[Math.floor(i / rooms)] as string,
  }));
}

/** So many that none of them meets the limit of destructive acts. */
export function addModerators(db: Db): Promise<Actor[]> {
  return addLeads(db, 400);
}

/** Mutes the next of them at each call; runs dry rather than muting anyone twice. */
export function muter(app: App, leads: readonly Actor[], people: readonly Someone[]) {
  let next = 0;
  return async () => {
    const index = next++;
    const target = people[index];
    const actor = leads[index % leads.length];
    if (!target || !actor) throw new Error('There is nobody left to mute');
    const command = {
      id: randomUUID(),
      name: 'mute',
      reason: 'Shouting over the speaker',
      ...target,
    };
    const answer = await app.act(actor, command);
    if (!answer.ok) throw new Error(`A mute was refused: ${answer.reason}`);
  };
}
