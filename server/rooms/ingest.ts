import { record } from '#app/domain/rooms/fold.ts';
import { decidePresence, type PresenceInput } from '#app/domain/rooms/presence.ts';
import { type Refused, refuse } from '#app/domain/rooms/reasons.ts';
import { newParticipant, type Participant, type Role } from '#app/domain/rooms/state.ts';
import type { Db, Transaction } from '#db/client.ts';
import type { AuditEntry } from '#server/audit/entry.ts';
import type { RoomChange, RoomDraft } from './draft.ts';
import { findMembers, type Profile, upsertMembers } from './members.ts';
import { markTaken, type Taken, takenBefore } from './taken.ts';
import { transact, type Work } from './transact.ts';

/** One thing said to have happened in a room. */
export interface Presence {
  /** The platform's id: the same id is taken in once. Absent from a member's own socket. */
  eventId?: string;
  member: string;
  what: Join | Exclude<PresenceInput, { kind: 'join' }>;
  /** Audit reference of who says so, for roles given on arrival. */
  actor: string;
}

export interface Join {
  kind: 'join';
  /** Role on a first arrival; later roles are the room's own. */
  role: Role;
  via: 'socket' | 'platform';
  cohort: string | null;
  /** The same network's cohort of the day before, for returns across midnight (UTC). */
  cohortYesterday?: string | null;
  /** Absent when the member is known already. */
  profile?: Profile;
}

export type PresenceAnswer = { ok: true; repeated?: true } | Refused;

export interface Ingested {
  /** In the order of the inputs. */
  answers: PresenceAnswer[];
  change: RoomChange | null;
}

/**
 * Takes in a batch of presence for one room in one transaction. The result is committed when it
 * returns: only then may anything be acknowledged.
 */
export async function ingest(
  db: Db,
  roomId: string,
  batch: readonly Presence[],
): Promise<Ingested> {
  const answers: PresenceAnswer[] = batch.map(() => refuse('room_not_found'));
  const ids = [...new Set(batch.map(({ member }) => member))];
  const work: Work<Taken> = async (draft, tx, taken) => {
    const members = await knowMembers(tx, draft, batch);
    const entries: AuditEntry[] = [];
    const now = Date.now();
    for (const [index, item] of batch.entries()) {
      const before = item.eventId === undefined ? undefined : taken.get(item.eventId);
      answers[index] = before ?? applyOne(draft, item, members, entries, now);
      if (item.eventId !== undefined && before === undefined) {
        const answer = answers[index] as PresenceAnswer;
        taken.set(item.eventId, answer.ok ? { ok: true, repeated: true } : answer);
      }
    }
    // An ended room answers the same for ever, and what is written to it now no purge would find.
    if (draft.room.status === 'live') draft.beside.push(markTaken(tx, roomId, batch, answers));
    return entries;
  };
  const change = await transact(db, roomId, ids, work, (tx) => takenBefore(tx, roomId, batch));
  return { answers, change };
}

interface Known {
  ref: string;
  branch: string | null;
}

/** Upserts the profiles that came along and finds everyone who has no seat yet. */
async function knowMembers(tx: Transaction, draft: RoomDraft, batch: readonly Presence[]) {
  const profiles = new Map<string, Profile>();
  const unseated = new Set<string>();
  for (const { member, what } of batch) {
    if (what.kind !== 'join') continue;
    if (what.profile) profiles.set(member, what.profile);
    if (!draft.people.has(member)) unseated.add(member);
  }
  if (profiles.size === 0 && unseated.size === 0) return new Map<string, Known>();
  const [, found] = await Promise.all([
    profiles.size > 0 && upsertMembers(tx, profiles),
    unseated.size > 0 ? findMembers(tx, [...unseated]) : new Map<string, Known>(),
  ]);
  return found;
}

function applyOne(
  draft: RoomDraft,
  item: Presence,
  members: ReadonlyMap<string, Known>,
  entries: AuditEntry[],
  now: number,
): PresenceAnswer {
  const { member, what } = item;
  const seated = draft.people.get(member);
  if (what.kind !== 'join') {
    if (!seated) return refuse('not_in_room');
    return apply(draft, seated, what, now);
  }
  const person = seated ?? newcomer(draft, member, what);
  const known = members.get(member);
  if (!seated && !known) return refuse('not_in_room');
  const extras = draft.extras.get(member);
  const returned = returnedBy(person, extras?.cohort ?? null, what);
  const answer = apply(draft, person, { kind: 'join', role: person.role, returned }, now);
  if (!answer.ok) return answer;
  const ref = extras?.ref ?? (known?.ref as string);
  draft.extras.set(member, {
    ref,
    cohort: what.cohort ?? extras?.cohort ?? null,
    via: what.via,
    branch: extras?.branch ?? known?.branch ?? null,
  });
  if (!seated) {
    draft.nextOrd++;
    if (person.role !== 'listener') entries.push(seatEntry(draft, item, person.role, ref, now));
  }
  return answer;
}

function newcomer(draft: RoomDraft, member: string, join: Join): Participant {
  return newParticipant(member, draft.nextOrd, join.role);
}

function apply(
  draft: RoomDraft,
  person: Participant,
  input: PresenceInput,
  now: number,
): PresenceAnswer {
  const verdict = decidePresence(draft.room, person, input, now);
  if (!verdict.ok) return verdict;
  record(draft, verdict.events, now, null);
  return { ok: true };
}

function returnedBy(person: Participant, before: string | null, join: Join) {
  if (person.presence !== 'dropped') return 'no';
  if (before === null || join.cohort === null || before === join.cohort) return 'same_network';
  return before === join.cohortYesterday ? 'same_network' : 'other_network';
}

function seatEntry(
  draft: RoomDraft,
  item: Presence,
  role: Role,
  ref: string,
  at: number,
): AuditEntry {
  return {
    action: 'participant.seated',
    outcome: 'accepted',
    occurred_at: at,
    actor: item.actor,
    target_type: 'participant',
    target: `member:${ref}`,
    room: draft.room.id,
    fields: [{ name: 'after', value: { role }, subject: `member:${ref}` }],
  };
}
