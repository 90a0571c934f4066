import type { Transaction } from '#db/client.ts';
import type { Carried } from './carried.ts';
import { rowSource } from './row-source.ts';
import type { Arm } from './write.ts';

/** By member, how many mutes and removals more (or fewer) now count against them. */
export type PriorActs = ReadonlyMap<string, number>;

/** A mute or removal that was taken back is no mark against anyone. */
export function countPriorActs(carried: readonly Carried[]): PriorActs {
  const acts = new Map<string, number>();
  const count = (member: string, delta: number) =>
    acts.set(member, (acts.get(member) ?? 0) + delta);
  for (const { command, events } of carried) {
    for (const { body } of events) {
      const muted = body.type === 'participant.muted' && body.was === 0;
      const removed = body.type === 'participant.removed' && body.before === null;
      if (muted || removed) {
        count(body.member, 1);
      } else if (
        command.name === 'undo' &&
        (body.type === 'participant.allowed_to_speak' || body.type === 'participant.readmitted')
      ) {
        count(body.member, -1);
      }
    }
  }
  return acts;
}

/** Locks in one order, as `upsertMembers` does, so that two transactions can't wait in a circle. */
export function lockMembers(tx: Transaction, ids: readonly string[]): Promise<unknown> | null {
  if (ids.length < 2) return null;
  return tx`
    select from member where id = any(${ids as string[]}) order by id for no key update`.execute();
}

const actRows = rowSource({ member: 'text', delta: 'int' });

/** The arm that counts them; call after `lockMembers`. */
export function updatePriorActs(tx: Transaction, acts: PriorActs): Arm[] {
  if (acts.size === 0) return [];
  const rows = [...acts].map(([member, delta]) => ({ member, delta }));
  return [
    tx`update member m set prior_acts = greatest(0, prior_acts + x.delta)
      from ${actRows(tx, rows)} where m.id = x.member`,
  ];
}
