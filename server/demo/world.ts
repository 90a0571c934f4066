import type { Role } from '#app/domain/rooms/state.ts';
import { inventPeople, type Person } from './people.ts';
import { type Random, randomFrom } from './random.ts';

/** Someone with a part in a room. */
export interface Cast {
  person: Person;
  /** Role on their first arrival. */
  role: Role;
  /** Number of the network they come from: a /24 of the loopback range. */
  network: number;
}

/** What happens in a room beyond people talking. */
export type Plot = 'none' | 'outage' | 'raid';

export interface RoomPlan {
  id: string;
  title: string;
  /** BCP 47. */
  language: string;
  /** Instant. */
  openedAt: number;
  /** Null: no hand-over is ever due. */
  shiftHours: number | null;
  plot: Plot;
  cast: Cast[];
  /** Raid: who comes in out of one branch. */
  raiders: Cast[];
}

/** The network that is blocked at intervals, and the one that some return through. */
export const BLOCKED_NETWORK = 20;
export const DETOUR_NETWORK = 77;

const HOUR = 3_600_000;

/**
 * Plans the demo world: the same seed and size give the same people in the same rooms. Account ages
 * and opening times are counted back from `now`.
 * @param size people of the largest room; the others keep their proportions
 */
export function planWorld(seed: number, size: number, now: number): RoomPlan[] {
  const share = size / 5_000;
  const scaled = (people: number, least: number) => Math.max(least, Math.round(people * share));
  const sizes = {
    long: scaled(240, 60),
    outage: scaled(900, 160),
    raided: scaled(60, 40),
    raiders: scaled(150, 50),
  };
  const small = [34, 21, 12];
  const total = size + sizes.long + sizes.outage + sizes.raided + small.reduce((a, b) => a + b);
  const { members, raiders } = inventPeople(seed, total, sizes.raiders, now);
  const random = randomFrom(seed + 1);
  const waiting = shuffle(random, members);
  const take = (count: number) => waiting.splice(0, count);
  const plan = (
    room: Pick<RoomPlan, 'id' | 'title' | 'language' | 'openedAt'> & Partial<RoomPlan>,
    people: Person[],
    stage: number,
    networkOf: () => number = () => random.whole(100, 180),
  ): RoomPlan => ({
    shiftHours: null,
    plot: 'none',
    raiders: [],
    cast: castOf(people, stage, networkOf),
    ...room,
  });
  return [
    plan(
      { id: 'long-table', title: '长桌夜话', language: 'zh-Hans', openedAt: now - 11 * HOUR },
      take(size),
      24,
    ),
    plan(
      {
        id: 'open-kitchen',
        title: 'The kitchen that never closes',
        language: 'en',
        openedAt: now - 170 * HOUR,
        shiftHours: 6,
      },
      take(sizes.long),
      9,
    ),
    plan(
      {
        id: 'letters',
        title: '各地來信',
        language: 'zh-Hant',
        openedAt: now - 2 * HOUR,
        plot: 'outage',
      },
      take(sizes.outage),
      10,
      () => (random.chance(0.5) ? BLOCKED_NETWORK : random.whole(100, 180)),
    ),
    plan(
      {
        id: 'reading-room',
        title: 'كىتابخانلار ئۆيى',
        language: 'ug',
        openedAt: now - HOUR,
        plot: 'raid',
        raiders: castOf(raiders, 0, () => random.whole(100, 180)),
      },
      take(sizes.raided),
      6,
    ),
    plan(
      { id: 'bread', title: 'Bread and small repairs', language: 'en', openedAt: now - 2 * HOUR },
      take(small[0] as number),
      5,
    ),
    plan(
      { id: 'night-bus', title: 'Nachtbus', language: 'de', openedAt: now - HOUR },
      take(small[1] as number),
      4,
    ),
    plan(
      { id: 'hill-radio', title: '山路电台', language: 'zh-Hans', openedAt: now - HOUR / 2 },
      take(small[2] as number),
      3,
    ),
  ];
}

/** A host, moderators and speakers up to the size of the stage, then listeners. */
function castOf(people: readonly Person[], stage: number, networkOf: () => number): Cast[] {
  const moderators = Math.ceil(stage / 6);
  return people.map((person, index) => ({
    person,
    role: roleAt(index, moderators, stage),
    network: networkOf(),
  }));
}

function roleAt(index: number, moderators: number, stage: number): Role {
  if (index >= stage) return 'listener';
  if (index === 0) return 'host';
  return index <= moderators ? 'moderator' : 'speaker';
}

function shuffle<Item>(random: Random, items: readonly Item[]): Item[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = random.whole(0, last);
    const kept = shuffled[last] as Item;
    shuffled[last] = shuffled[other] as Item;
    shuffled[other] = kept;
  }
  return shuffled;
}
