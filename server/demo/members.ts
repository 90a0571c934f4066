import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPlatform, type Platform } from './platform.ts';
import { playOutage, playRaid } from './plots.ts';
import { type Random, randomFrom } from './random.ts';
import { keepHands, keepMoving, keepMurmuring, keepTalking, keepTrying } from './talk.ts';
import { type Visit, visit } from './visit.ts';
import { type Cast, planWorld, type RoomPlan } from './world.ts';

/** What the process that starts the members tells them; secrets travel in no argument. */
export interface MembersOrder {
  url: string;
  secret: string;
  seed: number;
  size: number;
  /** Instant the world began: account ages and opening times are counted back from it. */
  began: number;
}

/** What the members tell back. */
export interface MembersNews {
  /** People who are in a room now, of all who want to be. */
  inside: number;
  of: number;
}

/** New arrivals per second, so that two cores keep up with the console as well. */
const ARRIVALS = 250;

process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
process.once('message', (order: MembersOrder) => void live(order));

async function live({ url, secret, seed, size, began }: MembersOrder): Promise<void> {
  const platform = openPlatform(url, secret);
  const random = randomFrom(seed + 2);
  const spread = (await hasManyLoopbacks()) ? (cast: Cast) => addressFor(cast) : null;
  const all: Visit[] = [];
  // The small rooms first: something happens everywhere while the large one fills.
  for (const plan of planWorld(seed, size, began).sort((a, b) => a.cast.length - b.cast.length)) {
    await persist(() => platform.open(plan));
    const make = (cast: Cast) => makeVisit(url, plan, cast, platform, random, spread);
    const visits = plan.cast.map(make);
    all.push(...visits);
    begin(plan, visits, plan.raiders.map(make), random);
    for (const one of visits) {
      one.come();
      await sleep(1_000 / ARRIVALS);
    }
  }
  setInterval(() => {
    const inside = all.filter((one) => one.state() !== null).length;
    process.send?.({ inside, of: all.length } satisfies MembersNews);
  }, 1_000);
}

function begin(
  { plot, cast }: RoomPlan,
  visits: readonly Visit[],
  raiders: readonly Visit[],
  random: Random,
): void {
  const stage = visits.filter((one) => one.cast.role !== 'listener');
  const lives = [
    keepTalking(visits, random),
    keepMurmuring(stage, random),
    keepHands(visits, Math.min(40, 3 + Math.floor(cast.length / 40)), random),
    keepMoving(visits, Math.max(400, 30_000 / Math.sqrt(cast.length)), random),
    keepTrying([...visits, ...raiders], random),
  ];
  if (plot === 'outage') lives.push(playOutage(visits, random));
  if (plot === 'raid') lives.push(playRaid(raiders, random));
  // A broken promise of the server is what the demo must not hide.
  for (const life of lives) life.catch(end);
}

function end(error: unknown): never {
  console.error(error);
  process.exit(1);
}

function makeVisit(
  url: string,
  { id: room }: RoomPlan,
  cast: Cast,
  platform: Platform,
  random: Random,
  spread: ((cast: Cast) => (network: number) => string) | null,
): Visit {
  return visit({ url, room, cast, platform, random, addressIn: spread?.(cast) ?? null });
}

/** An address of the loopback range whose first three numbers are the network. */
function addressFor({ person }: Cast): (network: number) => string {
  const host = 1 + (Number(person.id.slice(1)) % 250);
  return (network) => `127.0.${network}.${host}`;
}

/** Linux answers on all of 127.0.0.0/8; elsewhere everyone comes from one network. */
function hasManyLoopbacks(): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(0, '127.0.100.1', () => server.close(() => resolve(true)));
  });
}

/** Tries until it works: the server may be starting again. */
async function persist(work: () => Promise<void>): Promise<void> {
  for (let failures = 0; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (failures === 60) throw error;
      await sleep(1_000);
    }
  }
}
