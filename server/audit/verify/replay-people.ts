import { type Findings, MOST_NAMED } from './findings.ts';
import type { Snapshot } from './owner-database.ts';

/** Participants fetched at a time. */
const BATCH = 1_000;
/** A participant, and the newest accepted event about each side of their state in their room. */
interface Person {
  room: string;
  ref: string;
  role: string;
  muted: boolean;
  removed_at: Date | null;
  removed_until: Date | null;
  /** Their member has another pseudonym. */
  other_ref: boolean;
  /** The member was erased: what was said of them goes by a pseudonym that leads to nobody. */
  erased: boolean;
  room_live: boolean | null;
  speech: string | null;
  speech_action: string | null;
  seat: string | null;
  seat_action: string | null;
  seat_at: Date | null;
  /** JSON of the event's field `after`; null: erased, or none. */
  seat_after: string | null;
  removal: string | null;
  removal_action: string | null;
  removal_at: Date | null;
  removal_after: string | null;
}

/** Compares each participant's mute, removal and role with the newest events about them. */
export async function replayPeople(
  sql: Snapshot,
  findings: Findings,
  unfounded: readonly string[],
): Promise<void> {
  const people = sql<Person[]>`
    with said as materialized (
      select e.event_id, e.target_ref, e.room_ref, e.action, e.occurred_at
      from public.participant p join audit.event e
        on e.target_ref = 'member:' || p.member_ref and e.room_ref = p.room_id
      where e.outcome = 'accepted' and e.event_id <> all (${unfounded}::uuid[])
        and e.action in ('participant.muted', 'participant.allowed_to_speak', 'participant.seated',
          'participant.promoted', 'participant.demoted', 'participant.removed',
          'participant.readmitted')
    ), speech as (
      select distinct on (target_ref, room_ref) * from said
      where action in ('participant.muted', 'participant.allowed_to_speak')
      order by target_ref, room_ref, event_id desc
    ), seat as (
      select distinct on (target_ref, room_ref) * from said
      where action not in ('participant.muted', 'participant.allowed_to_speak')
      order by target_ref, room_ref, event_id desc
    ), removal as (
      select distinct on (target_ref, room_ref) * from said
      where action in ('participant.removed', 'participant.readmitted')
      order by target_ref, room_ref, event_id desc
    )
    select p.room_id as room, 'member:' || p.member_ref as ref, p.role, p.mute_rank > 0 as muted,
      p.removed_at, p.removed_until, m.ref is distinct from p.member_ref as other_ref,
      coalesce(m.name = '' and m.handle = '', false) as erased, r.status = 'live' as room_live,
      speech.event_id as speech, speech.action as speech_action,
      seat.event_id as seat, seat.action as seat_action, seat.occurred_at as seat_at,
      (select f.value from audit.disclosure f
        where f.event_id = seat.event_id and f.name = 'after') as seat_after,
      removal.event_id as removal, removal.action as removal_action,
      removal.occurred_at as removal_at,
      (select f.value from audit.disclosure f
        where f.event_id = removal.event_id and f.name = 'after') as removal_after
    from public.participant p
    left join public.member m on m.id = p.member_id
    left join public.room r on r.id = p.room_id
    left join speech on speech.target_ref = 'member:' || p.member_ref
      and speech.room_ref = p.room_id
    left join seat on seat.target_ref = 'member:' || p.member_ref and seat.room_ref = p.room_id
    left join removal on removal.target_ref = 'member:' || p.member_ref
      and removal.room_ref = p.room_id
    order by p.room_id, p.member_id`;
  await people.cursor(BATCH, (rows) => {
    for (const person of rows) checkPerson(person, findings);
  });
  await checkErasedPeople(sql, findings);
  await findMissingPeople(sql, findings, unfounded);
}

function checkPerson(person: Person, findings: Findings): void {
  const { room, ref, muted, role, removed_at: removedAt } = person;
  const who = `${ref} in room ${room}`;
  const tampered = (what: string, event: string | null) =>
    findings.add('tampered', `${who} ${what}`, event === null ? {} : { event });
  if (person.other_ref) tampered('has another pseudonym than their member', null);
  // Nobody in a live room is erased, and in an ended one their events can't be told from others'.
  if (person.erased && person.room_live === false) return;

  const shouldBeMuted = person.speech_action === 'participant.muted';
  if (muted !== shouldBeMuted) tampered(differsIn(muted, 'muted', person.speech), person.speech);

  const removed = removedAt !== null;
  const shouldBeRemoved = person.removal_action === 'participant.removed';
  if (removed !== shouldBeRemoved) {
    tampered(differsIn(removed, 'removed', person.removal), person.removal);
  } else if (removed) {
    checkRemoval(person, tampered);
  }

  const given = roleOf(person);
  // A speaker who leaves gives up the stage without anybody having acted.
  const fits = given === null || role === given || (given === 'speaker' && role === 'listener');
  if (!fits) {
    const says =
      person.seat === null ? 'no event gave them that role' : `the newest event made them ${given}`;
    tampered(`is ${role}, but ${says}`, person.seat);
  }
}

function differsIn(is: boolean, state: string, event: string | null): string {
  if (!is) return `is not ${state}, but the newest event about it says that they are`;
  return event === null
    ? `is ${state}, and no event says so`
    : `is ${state}, but the newest event about it ended that`;
}

function checkRemoval(
  { removed_at, removed_until, removal_at, removal_after, removal }: Person,
  tampered: (what: string, event: string | null) => void,
): void {
  if (removed_at?.getTime() !== removal_at?.getTime()) {
    tampered(
      `was removed at ${removed_at?.toISOString()}, which is not when the newest event did`,
      removal,
    );
  }
  if (removal_after === null) return;
  const until =
    (JSON.parse(removal_after) as { removed_until?: number | null } | null)?.removed_until ?? null;
  if (until !== (removed_until?.getTime() ?? null)) {
    tampered(
      `is removed until ${removed_until?.toISOString() ?? 'the end'}, which is not what the newest event says`,
      removal,
    );
  }
}

/** The role that the newest event gave; null when it can't be known any more. */
function roleOf({ seat, seat_action, seat_after }: Person): string | null {
  if (seat === null) return 'listener';
  if (seat_action === 'participant.removed') return 'listener';
  if (seat_after === null) return null;
  return (JSON.parse(seat_after) as { role?: string } | null)?.role ?? null;
}

/** Blanking a member's name must not be a way to have nobody look at their state. */
async function checkErasedPeople(sql: Snapshot, findings: Findings): Promise<void> {
  const [row] = await sql<{ blank: number; erased: number }[]>`
    select (select count(*) from public.member where name = '' and handle = '') as blank,
      (select count(*) from audit.event where action = 'member.erased' and outcome = 'accepted')
        as erased`;
  const { blank, erased } = row as { blank: number; erased: number };
  if (blank > erased) {
    findings.add('tampered', `${blank} members have lost their names, but ${erased} were erased`);
  }
}

/** People the log knows in a room that still has its people, and who are not there. */
async function findMissingPeople(
  sql: Snapshot,
  findings: Findings,
  unfounded: readonly string[],
): Promise<void> {
  const rows = await sql<{ event: string; ref: string; room: string }[]>`
    select max(e.event_id::text) as event, e.target_ref as ref, e.room_ref as room
    from audit.event e join public.room r on r.id = e.room_ref and r.purged_at is null
    where e.outcome = 'accepted' and e.target_ref like 'member:%'
      and e.event_id <> all (${unfounded}::uuid[])
      and e.action in ('participant.muted', 'participant.removed', 'participant.promoted',
        'participant.seated')
      and not exists (
        select from public.participant p
        where p.room_id = e.room_ref and 'member:' || p.member_ref = e.target_ref)
      and not exists (
        select from audit.event x
        where x.action = 'member.erased' and x.target_ref = e.target_ref and x.outcome = 'accepted')
    group by e.target_ref, e.room_ref order by 1 limit ${MOST_NAMED}`;
  for (const { event, ref, room } of rows) {
    findings.add('tampered', `${ref} is no longer among the people of room ${room}`, { event });
  }
}
