import { setImmediate } from 'node:timers/promises';
import { type CurrentPolicy, citationOf } from '#app/domain/policies/citation.ts';
import { isDestructive } from '#app/domain/rooms/authority.ts';
import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import { decide, type Situation } from '#app/domain/rooms/decide.ts';
import { record, settle } from '#app/domain/rooms/fold.ts';
import type { ActAnswer } from '#app/domain/rooms/protocol.ts';
import { type Refused, refuse } from '#app/domain/rooms/reasons.ts';
import type { Transaction } from '#db/client.ts';
import type { Ending } from '#db/transaction.ts';
import { type AuditEntry, appendAudit } from '#server/audit/entry.ts';
import { withinLimit } from '#server/audit/refusal-limit.ts';
import { entriesOf, entriesOfReport, refusalEntry } from './audit-entries.ts';
import type { Carried } from './carried.ts';
import { changeOf, type RoomDraft, startDraft } from './draft.ts';
import type { ExecutedAll, Limits } from './execute.ts';
import { type Foresight, isAsForeseen } from './foresight.ts';
import { countPriorActs, lockMembers, updatePriorActs } from './prior-acts.ts';
import type { PriorCommand } from './read-named.ts';
import { insertCommands, saveSides } from './sides.ts';
import { type Ask, type Loaded, loadSituations, type Situations } from './situation.ts';
import { type Standing, standingOf } from './standing.ts';
import { saveDrafts } from './write.ts';

/** Everything under way in one transaction of commands. */
interface Sitting {
  drafts: ReadonlyMap<string, RoomDraft>;
  /** In the order of the asks. */
  answers: ActAnswer[];
  carried: Carried[];
  refusals: AuditEntry[];
  limits: Limits;
  now: number;
  policy: CurrentPolicy | null;
}

/** What was decided on a moment longer past, in milliseconds, is decided anew: ends may have come. */
const LONGEST_WAIT_MS = 1_000;

/** Thrown when a command was worked out on what isn't so: nothing of it may be committed. */
export class Unforeseen extends Error {}

/**
 * `executeAll` within a transaction. A command whose situation was foreseen is worked out while
 * the database reads, so that its writes follow the reading without a pause.
 * @throws Unforeseen when the reading then differs; again without foresight, it will be right
 */
export async function executeIn(
  tx: Transaction,
  asks: readonly Ask[],
  limits: Limits,
  foresight?: Foresight,
): Promise<Ending<ExecutedAll>> {
  const reading = loadSituations(tx, asks);
  const [ask] = asks;
  if (!ask || asks.length > 1) return carryOut(tx, asks, await reading, limits);
  const foreseen = foresight?.foresee(ask);
  if (foreseen) {
    reading.catch(() => {});
    await sent();
    const sitting = sittingOf(asks, foreseen, limits);
    const writes = sitting.carried.length > 0 ? save(tx, sitting, []) : null;
    if (writes !== null) {
      writes.catch(() => {});
      const read = await reading;
      const waited = Date.now() - sitting.now > LONGEST_WAIT_MS;
      if (waited || !isAsForeseen(foreseen, read, limits.destructivePerMinute)) {
        foresight?.learn(ask, read);
        throw new Unforeseen('The situation is another one than was foreseen');
      }
      return endingOf(sitting, writes);
    }
  }
  const read = await reading;
  foresight?.learn(ask, read);
  return carryOut(tx, asks, read, limits);
}

/** The client writes what it was given at the end of a turn of the event loop. */
async function sent(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

async function carryOut(
  tx: Transaction,
  asks: readonly Ask[],
  situations: Situations,
  limits: Limits,
): Promise<Ending<ExecutedAll>> {
  const sitting = sittingOf(asks, situations, limits);
  const refusals = await withinLimit(tx, sitting.refusals);
  return endingOf(sitting, save(tx, sitting, refusals));
}

/** Decides each of the commands, in order. */
function sittingOf(asks: readonly Ask[], situations: Situations, limits: Limits): Sitting {
  const { rooms, people, loaded, policy } = situations;
  const drafts = new Map<string, RoomDraft>();
  for (const [id, head] of rooms) {
    drafts.set(id, startDraft(head, [...(people.get(id)?.values() ?? [])]));
  }
  const now = Date.now();
  const sitting: Sitting = { drafts, answers: [], carried: [], refusals: [], limits, now, policy };
  for (const [i, ask] of asks.entries()) {
    sitting.answers.push(executeOne(sitting, ask, loaded[i] as Loaded));
  }
  return sitting;
}

function endingOf({ answers, drafts }: Sitting, writes: Promise<unknown> | null) {
  const changes = [...drafts.values()].flatMap((draft) => changeOf(draft) ?? []);
  return { value: { answers, changes }, writes };
}

function save(tx: Transaction, { drafts, carried }: Sitting, refusals: readonly AuditEntry[]) {
  if (carried.length === 0) return refusals.length > 0 ? appendAudit(tx, refusals) : null;
  // Sent by itself, so that the database is at it while the rest is put together.
  const logged = insertCommands(tx, carried, refusals).execute();
  const acts = countPriorActs(carried);
  return Promise.all([
    logged,
    lockMembers(tx, [...acts.keys()]),
    saveDrafts(tx, [...drafts.values()], updatePriorActs(tx, acts)),
    saveSides(tx, carried),
  ]);
}

function executeOne(sitting: Sitting, { actor, command }: Ask, loaded: Loaded): ActAnswer {
  const { drafts, carried, now } = sitting;
  const draft = drafts.get(command.room);
  const role = actor.kind === 'member' ? draft?.people.get(actor.id)?.role : undefined;
  const by = standingOf(actor, loaded, command.room, role);
  if (by === null) return refuse('forbidden');
  if (loaded.repeated) return answerAgain(loaded.repeated, command, by);
  if (!draft) {
    // Authority first: whoever may act nowhere learns nothing.
    const known = actor.kind === 'operator' && by.power !== 'none';
    return refuse(known ? 'room_not_found' : 'forbidden');
  }

  const actorMember = actor.kind === 'member' ? actor.id : null;
  const verdict = decide(command, situationOf(sitting, draft, loaded, by, actorMember));
  if (!verdict.ok) {
    recordRefusal(sitting, command, by, draft, verdict);
    return verdict;
  }
  const before = draft.events.length;
  const from = draft.room.seq + 1;
  record(draft, verdict.events, now, command.id);
  settle(draft, now, command.id);
  const events = draft.events.slice(before);
  const to = draft.room.seq;
  const policy = citationOf(command, sitting.policy);
  const reverses = loaded.original?.auditEventId ?? null;
  const pins = command.name === 'report' && !draft.head.pinned;
  const entries =
    command.name === 'report'
      ? entriesOfReport(command, by, draft.extras, pins, now)
      : entriesOf(command, events, by, draft.extras, { reverses, policy });
  carried.push({ command, by, events, from, to, at: now, entries, pins });
  return { ok: true, commandId: command.id, from, to, repeated: false };
}

function situationOf(
  { carried, limits, now, policy }: Sitting,
  draft: RoomDraft,
  loaded: Loaded,
  by: Standing,
  actorMember: string | null,
): Situation {
  const beside = carried.filter(
    (other) => other.by.ref === by.ref && isDestructive(other.command.name),
  );
  return {
    room: draft.room,
    now,
    power: by.power,
    actorMember,
    people: draft.people,
    original: loaded.original,
    handOver: loaded.handOver,
    policy,
    destructive: {
      recent: by.power === 'system' ? 0 : loaded.recent + beside.length,
      limit: limits.destructivePerMinute,
    },
  };
}

const RECORDED_REFUSALS: ReadonlySet<Refused['reason']> = new Set<Refused['reason']>([
  'forbidden',
  'outranked',
  'yourself',
  'rate_limited',
]);

function recordRefusal(
  { refusals, now, policy }: Sitting,
  command: RoomCommand,
  by: Standing,
  draft: RoomDraft,
  verdict: Refused,
): void {
  if (!RECORDED_REFUSALS.has(verdict.reason)) return;
  const target = 'member' in command ? (draft.extras.get(command.member)?.ref ?? null) : null;
  refusals.push(
    refusalEntry(command, by, target, verdict.reason, now, citationOf(command, policy)),
  );
}

function answerAgain(before: PriorCommand, command: RoomCommand, by: Standing): ActAnswer {
  const same =
    before.roomId === command.room && before.actorRef === by.ref && before.name === command.name;
  if (!same) return refuse('command_id_reused');
  const { fromSeq: from, toSeq: to } = before;
  return { ok: true, commandId: command.id, from, to, repeated: true };
}
