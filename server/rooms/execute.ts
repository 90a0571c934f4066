import { issuesOf } from '#app/domain/issues.ts';
import { type RoomCommand, roomCommand } from '#app/domain/rooms/commands.ts';
import { decide, type Situation } from '#app/domain/rooms/decide.ts';
import { record, settle } from '#app/domain/rooms/fold.ts';
import type { ActAnswer } from '#app/domain/rooms/protocol.ts';
import { type Refused, refuse } from '#app/domain/rooms/reasons.ts';
import type { Db, Transaction } from '#db/client.ts';
import type { Ending } from '#db/transaction.ts';
import { appendAudit } from '#server/audit/entry.ts';
import type { Actor } from './actor.ts';
import { entriesOf, entriesOfReport, refusalEntry } from './audit-entries.ts';
import { changeOf, type RoomChange, type RoomDraft, startDraft } from './draft.ts';
import { saveCommand, saveSides } from './sides.ts';
import { type Loaded, loadSituation, type Standing } from './situation.ts';
import { saveDraft } from './write.ts';

export interface Executed {
  answer: ActAnswer;
  /** Tell the watchers and wake the enforcement worker; null when nothing changed. */
  change: RoomChange | null;
}

export interface Limits {
  /** Destructive acts an actor may do in any minute. */
  destructivePerMinute: number;
}

/** What a moderator in a hurry stays below and a stolen session soon meets. */
export const DEFAULT_LIMITS: Limits = { destructivePerMinute: 60 };

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
  const parsed = roomCommand.safeParse(input);
  if (!parsed.success) {
    return { answer: refuse('invalid', { issues: issuesOf(parsed.error) }), change: null };
  }
  try {
    return await db.transact((tx) => executeIn(tx, actor, parsed.data, limits));
  } catch (error) {
    // The same id at the same moment in another room: only the primary key sees both.
    if (isReusedId(error)) return refused(refuse('command_id_reused'));
    throw error;
  }
}

function isReusedId(error: unknown): boolean {
  const { code, constraint_name: name } = error as { code?: string; constraint_name?: string };
  return code === '23505' && name === 'command_pkey';
}

async function executeIn(
  tx: Transaction,
  actor: Actor,
  command: RoomCommand,
  limits: Limits,
): Promise<Ending<Executed>> {
  const loaded = await loadSituation(tx, actor, command);
  const { standing, room } = loaded;
  if (standing === null) return { value: refused(refuse('forbidden')) };
  if (loaded.repeated) return { value: refusedOrRepeated(loaded, command, standing) };
  if (room === null) {
    const known = actor.kind === 'operator' && standing.power !== 'none';
    return { value: refused(refuse(known ? 'room_not_found' : 'forbidden')) };
  }

  const draft = startDraft(room, loaded.people);
  const now = Date.now();
  const verdict = decide(command, situationOf(loaded, draft, standing, actor, now, limits));
  if (!verdict.ok) {
    const writes = recordRefusal(tx, command, standing, draft, verdict, now);
    return { value: refused(verdict), writes };
  }
  record(draft, verdict.events, now, command.id);
  settle(draft, now, command.id);
  const writes = save(tx, command, standing, draft, loaded, now);
  const from = room.seq + 1;
  const answer = { commandId: command.id, from, to: draft.room.seq, repeated: false };
  return { value: { answer: { ok: true, ...answer }, change: changeOf(draft) }, writes };
}

function situationOf(
  loaded: Loaded,
  draft: RoomDraft,
  standing: Standing,
  actor: Actor,
  now: number,
  limits: Limits,
): Situation {
  return {
    room: draft.room,
    now,
    power: standing.power,
    actorMember: actor.kind === 'member' ? actor.id : null,
    people: draft.people,
    original: loaded.original,
    handOver: loaded.handOver,
    destructive: {
      recent: standing.power === 'system' ? 0 : loaded.recentDestructive,
      limit: limits.destructivePerMinute,
    },
  };
}

function save(
  tx: Transaction,
  command: RoomCommand,
  standing: Standing,
  draft: RoomDraft,
  loaded: Loaded,
  now: number,
): Promise<unknown> {
  const mine = draft.events;
  const pins = command.name === 'report' && draft.record.pinned_at === null;
  const reverses = loaded.original?.auditEventId ?? null;
  const entries =
    command.name === 'report'
      ? entriesOfReport(command, standing, draft.extras, pins, now)
      : entriesOf(command, mine, standing, draft.extras, reverses);
  const range = { from: draft.record.seq + 1, to: draft.room.seq };
  return Promise.all([
    saveDraft(tx, draft),
    saveCommand(tx, command, standing, { ...range, at: now }, entries),
    saveSides(tx, command, standing, draft, pins, now),
  ]);
}

const RECORDED_REFUSALS: ReadonlySet<Refused['reason']> = new Set<Refused['reason']>([
  'forbidden',
  'outranked',
  'yourself',
  'rate_limited',
]);

function recordRefusal(
  tx: Transaction,
  command: RoomCommand,
  standing: Standing,
  draft: RoomDraft,
  verdict: Refused,
  now: number,
): Promise<unknown> | undefined {
  if (!RECORDED_REFUSALS.has(verdict.reason)) return undefined;
  const target = 'member' in command ? (draft.extras.get(command.member)?.ref ?? null) : null;
  return appendAudit(tx, [refusalEntry(command, standing, target, verdict.reason, now)]);
}

function refusedOrRepeated(loaded: Loaded, command: RoomCommand, standing: Standing): Executed {
  const before = loaded.repeated;
  const same =
    before !== null &&
    before.roomId === command.room &&
    before.actorRef === standing.ref &&
    before.name === command.name;
  if (!same) return refused(refuse('command_id_reused'));
  const { id, fromSeq: from, toSeq: to } = before;
  return { answer: { ok: true, commandId: id, from, to, repeated: true }, change: null };
}

function refused(answer: Refused): Executed {
  return { answer, change: null };
}
