import type { Profile } from '#server/rooms/members.ts';
import { inventName } from './names.ts';
import { type Random, randomFrom } from './random.ts';

/** An invented member of the demo's platform. */
export interface Person extends Profile {
  id: string;
  /** Invites above them: 0 for a founder. */
  depth: number;
}

export interface People {
  /** Inviters come before those they let in. */
  members: Person[];
  /** One branch that was given many invites and grew within a day; none of them is in `members`. */
  raiders: Person[];
}

const DAY = 86_400_000;
/** Newest generation of the ordinary tree. */
const DEEPEST = 8;

/**
 * Invents everyone: an invite tree of founders, each member letting in up to two others, eight
 * generations deep, the later the younger the account.
 * @param now instant the account ages are counted back from
 */
export function inventPeople(seed: number, count: number, raiders: number, now: number): People {
  const random = randomFrom(seed);
  const handles = new Set<string>();
  const invent = (inviter: Person | null, since: number, id: string): Person => {
    const { name, locale, handle } = inventName(random);
    return {
      id,
      name,
      locale,
      handle: unique(handles, handle),
      inviter: inviter?.id ?? null,
      memberSince: new Date(since).toISOString(),
      depth: inviter ? inviter.depth + 1 : 0,
    };
  };
  const members = growTree(random, count, now, invent);
  return { members, raiders: growBranch(random, members, raiders, now, invent) };
}

type Invent = (inviter: Person | null, since: number, id: string) => Person;

function growTree(random: Random, count: number, now: number, invent: Invent): Person[] {
  const started = now - 300 * DAY;
  // Two invites each over eight generations multiply by about 500 when all are used; most are not.
  const founders = Math.max(2, Math.ceil(count / 90));
  const members: Person[] = [];
  const add = (inviter: Person | null, since: number) => {
    const person = invent(inviter, since, `m${String(members.length + 1).padStart(5, '0')}`);
    members.push(person);
  };
  for (let i = 0; i < Math.min(founders, count); i++)
    add(null, started - random.whole(0, 20) * DAY);
  for (let next = 0; members.length < count; next++) {
    const inviter = members[next];
    if (inviter === undefined) add(null, started);
    else if (inviter.depth < DEEPEST) {
      const invited = random.chance(0.75) ? 2 : random.whole(0, 1);
      for (let i = 0; i < invited && members.length < count; i++) {
        const after = Date.parse(inviter.memberSince);
        add(inviter, after + random.next() * Math.min(70 * DAY, now - after - DAY / 2));
      }
    }
  }
  return members;
}

function growBranch(
  random: Random,
  members: readonly Person[],
  count: number,
  now: number,
  invent: Invent,
): Person[] {
  const root = members.find(({ depth }) => depth === 1);
  if (root === undefined) return [];
  const branch: Person[] = [];
  for (let i = 0; i < count; i++) {
    // Six each: the first six by the root, the next thirty-six by those, and so on.
    const inviter = i < 6 ? root : (branch[Math.floor(i / 6) - 1] as Person);
    const since = now - DAY + (i / count) * (DAY - 3_600_000) + random.whole(0, 60_000);
    branch.push(invent(inviter, since, `r${String(i + 1).padStart(5, '0')}`));
  }
  return branch;
}

function unique(taken: Set<string>, handle: string): string {
  let free = handle;
  for (let n = 2; taken.has(free); n++) free = `${handle}${n}`;
  taken.add(free);
  return free;
}
