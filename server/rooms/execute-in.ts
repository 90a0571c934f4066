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
import { countPriorActs, lockMembers, updatePriorActs } from './prior-acts.ts';
import type { PriorCommand } from './read-named.ts';
import { insertCommands, saveSides } from './sides.ts';
import { type Ask, type Loaded, loadSituations } from './situation.ts';
import { type Standing, standingOf } from './standing.ts';
import { saveDrafts } from './write.ts';

/** Everything under way in one transaction of commands. */
interface Sitting {
  drafts: ReadonlyMap<string, RoomDraft>;
  carried: Carried[];
  refusals: AuditEntry[];
  limits: Limits;
  now: number;
  policy: CurrentPolicy | null;
}

/** Whether commands like this may stand beside others in the same room and transaction. */
export function canShare({ name }: RoomCommand): boolean {
  return SHARING.has(name);
}
const SHARING: ReadonlySet<RoomCommand['name']> = new Set<RoomCommand['name']>([
  'mute',
  'allow_to_speak',
  'remove',
  'readmit',
  'promote',
  'demote',
  'lower_hand',
  'lock_room',
  'unlock_room',
]);

/** `executeAll` within a transaction. */
export async function executeIn(
  tx: Transaction,
  asks: readonly Ask[],
  limits: Limits,
): Promise<Ending<ExecutedAll>> {
  const { rooms, people, loaded, policy } = await loadSituations(tx, asks);
  const drafts = new Map<string, RoomDraft>();
  for (const room of rooms.values()) {
    drafts.set(room.id, startDraft(room, [...(people.get(room.id)?.values() ?? [])]));
  }
  const sitting = { drafts, carried: [], refusals: [], limits, now: Date.now(), policy };
  const answers = asks.map((ask, i) => executeOne(sitting, ask, loaded[i] as Loaded));
  const refusals = await withinLimit(tx, sitting.refusals);
  const writes = save(tx, sitting, refusals);
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
  const pins = command.name === 'report' && draft.record.pinned_at === null;
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
