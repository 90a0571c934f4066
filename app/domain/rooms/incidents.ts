import type { IncidentNumbers } from './events.ts';
import type { Instant } from './state.ts';

/** Seconds over which a sudden drop or a raid is looked for. */
export const WINDOW = { sudden_drop: 15, raid: 30 } as const;

const LEAST_PEOPLE = 20;
const TIMES_USUAL = 8;
const LEAST_SHARE_OF_ROOM = 0.05;
/** Share in one cohort, or below one inviter, in 0..1. */
export const LEAST_SHARE = 0.6;
/** A branch that fills the room anyway says nothing; joiners must be this many times as often of it. */
const LEAST_LIFT = 2;
/** A room that has just opened has no usual rate: filling up is no raid. Seconds. */
const SETTLED_AFTER = 120;
/** Time in which the usual rate forgets, in seconds. */
const MEMORY = 120;

/** Counts one kind of event in a room: the last seconds exactly, everything before as a rate. */
export interface Meter {
  /** Whole seconds since the epoch of the newest count. */
  second: number;
  /** Counts of the seconds of the window, oldest first. */
  recent: readonly number[];
  /** Exponentially weighted events per second before the window. */
  usual: number;
}

/** @param seconds length of the window */
export function newMeter(seconds: number, now: Instant): Meter {
  return { second: secondOf(now), recent: Array<number>(seconds).fill(0), usual: 0 };
}

/** Adds `count` events at `now`. What leaves the window enters the usual rate, so that a burst doesn't hide itself. */
export function advance(meter: Meter, now: Instant, count: number): Meter {
  const passed = Math.max(0, secondOf(now) - meter.second);
  const recent = [...meter.recent];
  let { usual } = meter;
  for (let step = 0; step < Math.min(passed, recent.length); step++) {
    usual += ((recent.shift() as number) - usual) / MEMORY;
    recent.push(0);
  }
  // Longer silence than the window: only zeros leave it.
  usual *= (1 - 1 / MEMORY) ** Math.max(0, passed - recent.length);
  recent[recent.length - 1] = (recent.at(-1) as number) + count;
  return { second: meter.second + passed, recent, usual };
}

/** Events in the window. */
export function inWindow({ recent }: Meter): number {
  return recent.reduce((sum, count) => sum + count, 0);
}

/** Whether a look at the facts is worth its cost; several processes each count their own part. */
export function trips(meter: Meter): boolean {
  const count = inWindow(meter);
  return count >= LEAST_PEOPLE / 4 && count >= TIMES_USUAL * meter.usual * meter.recent.length;
}

/** People of the window that usually are in one, given that `meter` has seen its part of them. */
export function usualOf(meter: Meter, people: number): number {
  return (meter.usual * meter.recent.length * people) / Math.max(1, inWindow(meter));
}

export interface DropFacts {
  /** Different people lost without goodbye within the window. */
  people: number;
  /** From the first to the last of them, in seconds. */
  seconds: number;
  /** How many a window of this length usually has. */
  usual: number;
  /** People in the room before. */
  present: number;
  /** Of the lost, those in the most frequent network cohort. */
  inOneCohort: number;
}

/** A sudden drop: far above the room's own rate and concentrated in one cohort; else null. */
export function judgeDrop(facts: DropFacts): IncidentNumbers | null {
  const { people, usual, present, inOneCohort } = facts;
  const share = inOneCohort / Math.max(1, people);
  const sudden = people >= LEAST_PEOPLE && people >= TIMES_USUAL * usual;
  if (!sudden || people < LEAST_SHARE_OF_ROOM * present || share < LEAST_SHARE) return null;
  return {
    people,
    seconds: Math.max(1, Math.round(facts.seconds)),
    share,
    returned: 0,
    returnedElsewhere: 0,
  };
}

export interface RaidFacts {
  /** Different people who joined within the window. */
  people: number;
  seconds: number;
  usual: number;
  /** How long the room has been open, in seconds. */
  roomAge: number;
  /** The nearest inviter that enough of them are below; null when there is none. */
  inviter: string | null;
  /** Of the joiners, those below that inviter. */
  below: number;
  /** Share below the same inviter among those who were there before, in 0..1. */
  shareBefore: number;
}

/** A raid: joins far above the room's own rate, concentrated below one inviter; else null. */
export function judgeRaid(facts: RaidFacts): IncidentNumbers | null {
  const { people, usual, inviter, below, shareBefore } = facts;
  const share = below / Math.max(1, people);
  const sudden = people >= LEAST_PEOPLE && people >= TIMES_USUAL * usual;
  if (!sudden || inviter === null || !isSettled(facts.roomAge)) return null;
  if (share < LEAST_SHARE || share < LEAST_LIFT * shareBefore) return null;
  return { people, seconds: Math.max(1, Math.round(facts.seconds)), share, inviter };
}

/** Whether a room has been open long enough, in seconds, to have a rate of its own. */
export function isSettled(roomAge: number): boolean {
  return roomAge >= SETTLED_AFTER;
}

function secondOf(now: Instant): number {
  return Math.floor(now / 1_000);
}
