import { issuesOf } from '#app/domain/issues.ts';
import { roomCommand } from '#app/domain/rooms/commands.ts';
import type { ActAnswer } from '#app/domain/rooms/protocol.ts';
import { refuse } from '#app/domain/rooms/reasons.ts';
import type { Db } from '#db/client.ts';
import type { Actor } from './actor.ts';
import { knownConflict } from './conflicts.ts';
import type { RoomChange } from './draft.ts';
import { executeIn, Unforeseen } from './execute-in.ts';
import type { Foresight } from './foresight.ts';
import type { Ask } from './situation.ts';

export interface Executed {
  answer: ActAnswer;
  /** Tell the watchers and wake the enforcement worker; null when nothing changed. */
  change: RoomChange | null;
}

/** The same for several commands; rooms may hold several of them. */
export interface ExecutedAll {
  /** In the order of the asks. */
  answers: ActAnswer[];
  changes: RoomChange[];
}

export interface Limits {
  /** Destructive acts an actor may do in any minute. */
  destructivePerMinute: number;
}

/** What a moderator in a hurry stays below and a stolen session soon meets. */
export const DEFAULT_LIMITS: Limits = { destructivePerMinute: 60 };

/** @returns a command to carry out, or why it is none */
export function parseAsk(actor: Actor, input: unknown) {
  const parsed = roomCommand.safeParse(input);
  if (!parsed.success) return refuse('invalid', { issues: issuesOf(parsed.error) });
  // A host's link is for one room; what they say of another isn't even looked at.
  if (actor.kind === 'member' && actor.room !== parsed.data.room) return refuse('forbidden');
  const ask: Ask = { actor, command: parsed.data };
  return { ok: true as const, ask };
}

/**
 * The one function that acts in a room: parses, locks, loads, asks the rule, and writes events,
 * projection, audit log and enforcement in one transaction.
 * @param input anything; a `roomCommand` or it is refused as `invalid`
 * @returns the answer for the caller and the change for everyone else; the same command id
 *   answers the same again and changes nothing
 */
export async function execute(
  db: Db,
  actor: Actor,
  input: unknown,
  limits: Limits = DEFAULT_LIMITS,
): Promise<Executed> {
  const parsed = parseAsk(actor, input);
  if (!parsed.ok) return { answer: parsed, change: null };
  const { answers, changes } = await executeAll(db, [parsed.ask], limits);
  return { answer: answers[0] as ActAnswer, change: changes[0] ?? null };
}

/**
 * The same for commands that came together: one transaction, one lock per room, each command
 * decided on what the ones before it have made.
 * @param asks with ids all different; of those in one room, either one or only such as `canShare`
 * @param foresight what one that comes alone is worked out on, if anything
 * @throws what the database threw; then nothing of any of them was done
 */
export async function executeAll(
  db: Db,
  asks: readonly Ask[],
  limits: Limits = DEFAULT_LIMITS,
  foresight?: Foresight,
): Promise<ExecutedAll> {
  try {
    return await db.transact((tx) => executeIn(tx, asks, limits, foresight));
  } catch (error) {
    if (error instanceof Unforeseen) {
      for (const { command } of asks) foresight?.doubt(command.room);
      return executeAll(db, asks, limits);
    }
    const known = asks.length === 1 ? knownConflict(error) : undefined;
    if (known === undefined) throw error;
    return { answers: [refuse(known)], changes: [] };
  }
}
