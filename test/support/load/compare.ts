import { isDeepStrictEqual } from 'node:util';
import type postgres from 'postgres';
import { memberOf, needsEnforcement, type RoomEvent } from '#app/domain/rooms/events.ts';
import { desiredRights, type Participant } from '#app/domain/rooms/state.ts';
import type { RoomModel } from '#app/live/room-model.ts';
import type { Db, Sql } from '#db/client.ts';
import { foldStored, readStoredRoom, type StoredRoom } from '#test/support/stored-room.ts';
import type { Claim, MemberClient } from './member-client.ts';
import type { Load } from './start-load.ts';

/**
 * Compares everything that was acknowledged with the database, and the database with what every
 * client was told.
 * @param owner reads the audit log, which the application may not
 * @returns what doesn't agree, in words; empty when all is well
 */
export async function compare(load: Load, db: Db, owner: postgres.Sql): Promise<string[]> {
  const amiss: string[] = [];
  for (const [id, answers] of load.events) {
    const stored = await readStoredRoom(db.sql, id);
    amiss.push(
      ...eventsAmiss(id, stored),
      ...claimsAmiss(load.claims, id, stored),
      ...(await answersAmiss(db.sql, id, stored, answers)),
      ...(await enforcementAmiss(db.sql, id, stored)),
      ...clientsAmiss(load.clients, id, stored),
      ...modelAmiss(id, stored, load.models.get(id) as RoomModel),
    );
  }
  return [...amiss, ...(await commandsAmiss(load, db.sql, owner))];
}

/** Enforcement that still has to come true. */
export async function openEnforcements(db: Db): Promise<number> {
  const [row] = await db.sql<{ open: number }[]>`
    select count(*) as open from enforcement where state in ('requested', 'delivered', 'failed')`;
  return row?.open ?? 0;
}

function eventsAmiss(id: string, stored: StoredRoom): string[] {
  const amiss: string[] = [];
  const gap = stored.events.findIndex(({ seq }, index) => seq !== index + 1);
  if (gap >= 0) amiss.push(`${id}: a gap in seq before ${stored.events[gap]?.seq}`);
  const folded = foldStored(stored);
  if (!isDeepStrictEqual(folded.room, stored.room)) amiss.push(`${id}: the head is not the fold`);
  for (const member of new Set([...folded.people.keys(), ...stored.people.keys()])) {
    if (!isDeepStrictEqual(folded.people.get(member), stored.people.get(member))) {
      amiss.push(`${id}: ${member} is not the fold`);
    }
  }
  return amiss;
}

const HOLDS: Record<Claim['said'], (person: Participant) => boolean> = {
  here: ({ presence }) => presence === 'present',
  away: ({ presence }) => presence === 'gone',
  hand_up: ({ hand }) => hand !== null,
  hand_down: ({ hand }) => hand === null,
  floor_held: ({ floorSince }) => floorSince !== null,
  floor_free: ({ floorSince }) => floorSince === null,
};

/** What was acknowledged must have been so at some moment between the question and its answer. */
function claimsAmiss(claims: readonly Claim[], id: string, stored: StoredRoom): string[] {
  const histories = new Map<string, { at: number; person: Participant }[]>();
  foldStored(stored, ({ at, body }, person) => {
    const member = memberOf(body);
    if (member === null || person === null) return;
    const history = histories.get(member);
    if (history) history.push({ at, person });
    else histories.set(member, [{ at, person }]);
  });
  const isTrue = ({ member, said, from, to }: Claim) => {
    const history = histories.get(member) ?? [];
    const held = history.filter(({ at }, index) => {
      const until = history[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      return at <= to && until >= from;
    });
    return held.some(({ person }) => HOLDS[said](person));
  };
  return claims
    .filter((claim) => claim.room === id && !isTrue(claim))
    .map(({ member, said }) => `${id}: ${member} was told "${said}", which it never was`);
}

/** Every event of the platform is taken in once: those answered as accepted, and no others. */
async function answersAmiss(
  sql: Sql,
  id: string,
  { events }: StoredRoom,
  answers: ReadonlyMap<string, string | null>,
): Promise<string[]> {
  const rows = await sql<{ event_id: string; refusal: string | null }[]>`
    select event_id, refusal from ingested_event where room_id = ${id}`;
  const taken = new Map(rows.map((row) => [row.event_id, row.refusal]));
  const lost = [...answers].filter(([event, refusal]) =>
    refusal === null ? taken.get(event) !== null : taken.get(event) === null,
  );
  const joins = new Map<string, number>();
  for (const { body } of events) {
    if (body.type !== 'participant.joined' || !body.member.startsWith('guest-')) continue;
    joins.set(body.member, (joins.get(body.member) ?? 0) + 1);
  }
  const twice = [...joins].filter(([, times]) => times !== 1);
  return [
    ...lost.map(([event]) => `${id}: event ${event} was answered otherwise than it is stored`),
    ...twice.map(([member]) => `${id}: ${member} joined more than once`),
  ];
}

/** Everything that had to be enforced was asked for, and the newest asking came true. */
async function enforcementAmiss(sql: Sql, id: string, { events, people }: StoredRoom) {
  const rows = await sql<{ member: string; seq: number; state: string }[]>`
    select member_id as member, seq, state from enforcement
    where room_id = ${id} and member_id is not null order by seq, requested_at`;
  const newest = new Map(rows.map((row) => [row.member, row]));
  const needed = new Map<string, RoomEvent>();
  for (const event of events) {
    const member = memberOf(event.body);
    if (member !== null && needsEnforcement(event.body)) needed.set(member, event);
  }
  const amiss: string[] = [];
  for (const [member, { seq }] of needed) {
    const row = newest.get(member);
    if (row === undefined || row.seq < seq)
      amiss.push(`${id}: nobody asked for ${member}'s rights`);
    else if (row.state !== 'observed') amiss.push(`${id}: ${member}'s rights are ${row.state}`);
    if (people.get(member)?.enforcement !== 'observed') {
      amiss.push(`${id}: the room calls ${member}'s rights ${people.get(member)?.enforcement}`);
    }
  }
  return amiss;
}

/** Who may be in is in and knows their standing; who may not has no connection left. */
function clientsAmiss(clients: readonly MemberClient[], id: string, stored: StoredRoom): string[] {
  return clients.flatMap((client) => {
    if (client.room !== id) return [];
    const person = stored.people.get(client.member) as Participant;
    const rights = desiredRights(stored.room, person, Date.now());
    const told = client.state();
    const known = told && [told.role, told.muted, told.maySpeak, told.handRaised];
    const wanted = [person.role, person.muted, rights.maySpeak, person.hand !== null];
    if (rights.admitted ? isDeepStrictEqual(known, wanted) : !client.socket.connected) return [];
    const wants = rights.admitted ? wanted : 'to be out';
    return [`${id}: ${client.member} knows ${known ?? client.out()}, and has ${wants}`];
  });
}

function modelAmiss(id: string, stored: StoredRoom, model: RoomModel): string[] {
  const amiss: string[] = [];
  if (!isDeepStrictEqual(model.room, stored.room)) amiss.push(`${id}: the screen's head differs`);
  for (const [member, person] of stored.people) {
    const shown = model.people.get(member);
    // A snapshot leaves out those who are gone and of whom nothing holds.
    if (shown === undefined && person.presence === 'gone') continue;
    const rejoined = stored.events.findLast(
      ({ body }) => body.type === 'participant.joined' && body.member === member,
    );
    const differs = differences(shown, person, rejoined?.seq ?? 0);
    if (differs !== '') amiss.push(`${id}: the screen shows ${member} wrongly: ${differs}`);
  }
  return amiss;
}

/**
 * Which event changed what last. Of someone who was gone when its snapshot was taken, a screen
 * knows none from before they came back.
 */
const LAST_CHANGES = new Set<keyof Participant>(['roleSeq', 'speechSeq', 'handSeq', 'removalSeq']);

function differences(
  shown: Participant | undefined,
  stored: Participant,
  rejoinedAt: number,
): string {
  if (shown === undefined) return `not at all, though ${stored.presence}`;
  const keys = Object.keys(stored) as (keyof Participant)[];
  const other = keys.filter(
    (key) =>
      !isDeepStrictEqual(shown[key], stored[key]) &&
      !(LAST_CHANGES.has(key) && shown[key] === 0 && (stored[key] as number) < rejoinedAt),
  );
  return other
    .map((key) => `${key} ${JSON.stringify(shown[key])}, not ${JSON.stringify(stored[key])}`)
    .join('; ');
}

interface CommandRow {
  id: string;
  from_seq: number;
  to_seq: number;
  audit_event_id: string;
  /** Events that name it. */
  events: number[];
}

/** Each accepted command is there once, with its events and on the record; no refused one is. */
async function commandsAmiss(
  { operators }: Load,
  sql: Sql,
  owner: postgres.Sql,
): Promise<string[]> {
  const rows = await sql<CommandRow[]>`
    select c.id, c.from_seq, c.to_seq, c.audit_event_id,
      array(select seq from room_event e
        where e.room_id = c.room_id and e.command_id = c.id order by seq) as events
    from command c`;
  const onRecord = await owner<{ event_id: string; correlation_id: string; outcome: string }[]>`
    select event_id, correlation_id, outcome from audit.event where correlation_id is not null`;
  const accepted = new Map(
    onRecord.filter(({ outcome }) => outcome === 'accepted').map((row) => [row.event_id, row]),
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  const amiss: string[] = [];
  for (const { answered } of operators) {
    for (const [id, answer] of answered) {
      const row = stored.get(id);
      stored.delete(id);
      if (!answer.ok) {
        if (row) amiss.push(`command ${id} was refused (${answer.reason}) and carried out`);
        continue;
      }
      const { from, to } = answer;
      const range = Array.from({ length: to - from + 1 }, (_, index) => from + index);
      if (row?.from_seq !== from || row.to_seq !== to || !isDeepStrictEqual(row.events, range)) {
        amiss.push(
          `command ${id} was acknowledged for ${from}–${to} and is ${JSON.stringify(row)}`,
        );
      } else if (accepted.get(row.audit_event_id)?.correlation_id !== id) {
        amiss.push(`command ${id} is not on the record`);
      }
    }
  }
  return [...amiss, ...[...stored.keys()].map((id) => `command ${id} was asked for by nobody`)];
}
