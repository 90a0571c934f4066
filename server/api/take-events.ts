import { type Refused, refuse } from '#app/domain/rooms/reasons.ts';
import type { App } from '#server/app.ts';
import type { Cohort } from '#server/incidents/cohort.ts';
import type { Presence, PresenceAnswer } from '#server/rooms/ingest.ts';
import type { EventsAnswer } from './answers.ts';
import type { ReadEvent } from './read-events.ts';
import type { PlatformEvent } from './schemas.ts';
import { takeRoomEvent } from './take-room-event.ts';

export interface TakeDeps {
  app: App;
  /** Keyed hash of a network; see the cohorts. */
  cohortOf(network: string): Promise<Cohort | null>;
}

type Result = EventsAnswer['results'][number];
type OnRoom = Extract<PlatformEvent, { type: 'room_opened' | 'room_ended' }>;
type OnMember = Exclude<PlatformEvent, OnRoom>;

/**
 * Takes in a call's events in order; runs of presence go in as one.
 * @param actor audit reference of the platform's key
 * @returns an answer for each event, after everything accepted is committed
 */
export async function takeEvents(
  deps: TakeDeps,
  room: string,
  actor: string,
  events: readonly ReadEvent[],
): Promise<EventsAnswer> {
  const results: Result[] = new Array(events.length);
  let run: { index: number; event: OnMember }[] = [];
  const finishRun = async () => {
    const taken = run;
    run = [];
    if (taken.length === 0) return;
    const answers = await takePresence(
      deps,
      room,
      actor,
      taken.map(({ event }) => event),
    );
    for (const [i, { index, event }] of taken.entries()) {
      results[index] = resultOf(event.id, answers[i] ?? refuse('unavailable'));
    }
  };
  for (const [index, read] of events.entries()) {
    if (!read.ok) results[index] = { ...read.refusal, id: read.id };
    else if (isOnRoom(read.event)) {
      await finishRun();
      const answer = await takeRoomEvent(deps.app, room, actor, read.event).catch(unavailable);
      results[index] = resultOf(read.event.id, answer);
    } else run.push({ index, event: read.event });
  }
  await finishRun();
  const accepted = results.filter(({ ok }) => ok).length;
  return { accepted, refused: results.length - accepted, results };
}

async function takePresence(
  { app, cohortOf }: TakeDeps,
  room: string,
  actor: string,
  events: readonly OnMember[],
): Promise<PresenceAnswer[]> {
  try {
    const cohorts = await hashNetworks(cohortOf, events);
    const items = events.map((event) => presenceOf(event, actor, cohorts));
    return await app.enterMany(room, items);
  } catch {
    // Some of it may be written; the same ids sent again answer for those.
    return events.map(unavailable);
  }
}

async function hashNetworks(cohortOf: TakeDeps['cohortOf'], events: readonly OnMember[]) {
  const networks = new Set(events.flatMap((e) => (e.type === 'joined' ? (e.network ?? []) : [])));
  const cohorts = new Map<string, Cohort | null>();
  for (const network of networks) cohorts.set(network, await cohortOf(network));
  return cohorts;
}

function presenceOf(
  event: OnMember,
  actor: string,
  cohorts: ReadonlyMap<string, Cohort | null>,
): Presence {
  return { eventId: event.id, member: event.member, actor, what: whatOf(event, cohorts) };
}

function whatOf(event: OnMember, cohorts: ReadonlyMap<string, Cohort | null>): Presence['what'] {
  switch (event.type) {
    case 'joined': {
      const cohort = event.network === undefined ? null : cohorts.get(event.network);
      const { role, profile } = event;
      return {
        kind: 'join',
        role,
        via: 'platform',
        cohort: cohort?.today ?? null,
        cohortYesterday: cohort?.yesterday ?? null,
        ...(profile && { profile }),
      };
    }
    case 'left':
      return { kind: 'leave', goodbye: true };
    case 'dropped':
      return { kind: 'leave', goodbye: false };
    case 'hand_raised':
      return { kind: 'raise_hand' };
    case 'hand_lowered':
      return { kind: 'lower_hand' };
    case 'mic':
      return { kind: 'mic', on: event.on };
    case 'floor':
      return { kind: 'floor', holding: event.holding };
  }
}

function isOnRoom(event: PlatformEvent): event is OnRoom {
  return event.type === 'room_opened' || event.type === 'room_ended';
}

function unavailable(): Refused {
  return refuse('unavailable', { retryAfter: 1_000 });
}

function resultOf(id: string, answer: PresenceAnswer): Result {
  if (!answer.ok) return { ...answer, id };
  return answer.repeated ? { ok: true, id, repeated: true } : { ok: true, id };
}
