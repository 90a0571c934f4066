import type { RoomSnapshot } from '#app/domain/rooms/snapshot.ts';
import { alternate, figureOf, type SuiteResult, seriesOf } from './figure.ts';
import { type Clients, openClients } from './open-clients.ts';
import { type BenchProcess, freePort, startProcess } from './process.ts';
import { type BenchRostrum, startBenchRostrum } from './rostrum.ts';
import { openWatch } from './watch.ts';

const PEOPLE = 5_000;
const PROCESSES = 2;
/** Clients on their way in at once, over all processes. */
const AT_ONCE = 200;
const ROUNDS = 3;

interface Filled {
  /** Milliseconds until the last of them was in. */
  took: number;
  /** Bytes each of them costs the server once all is quiet. */
  perSocket: number;
}

/**
 * 5,000 members join one room by socket, from two processes, tokens made beforehand; a console
 * watches from before the first and must end with exactly these people. The raw limit is a plain
 * Socket.IO server that acknowledges the same `join` from the same clients. Memory is what the
 * server's heap and buffers hold more than before they came, after a full collection, per socket.
 * Every round has a room, and on both sides a server, of its own.
 */
export async function measureFill(): Promise<SuiteResult> {
  const samples = await alternate(ROUNDS, fillOurs, fillBare);
  return {
    figures: [
      figureOf(
        'time',
        'ms',
        'lower',
        seriesOf(samples, ({ took }) => took),
      ),
      figureOf(
        'memory-per-socket',
        'bytes',
        'lower',
        seriesOf(samples, (one) => one.perSocket),
      ),
    ],
    notes: [`${PEOPLE} members, ${AT_ONCE} at once; the watching console had the exact roster`],
  };
}

async function fillOurs(): Promise<Filled> {
  const rostrum = await startBenchRostrum();
  try {
    await rostrum.openRoom('full');
    const members = Array.from({ length: PEOPLE }, (_, i) => `m${i}`);
    const tokens = await Promise.all(members.map((one) => rostrum.joinToken('full', one)));
    const watch = await openWatch(rostrum, 'full');
    const filled = await fill(rostrum.server, rostrum.url, tokens);
    await watch.untilExactly(members);
    watch.close();
    await compareSnapshot(rostrum, members);
    return filled;
  } finally {
    await rostrum.stop();
  }
}

async function fillBare(): Promise<Filled> {
  const port = await freePort();
  const server = await startProcess({ script: 'bare-server.ts', args: [String(port)] });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(url).catch(() => null))) await new Promise((next) => setTimeout(next, 50));
  try {
    return await fill(server, url, Array<string>(PEOPLE).fill('x'.repeat(400)));
  } finally {
    await server.stop();
  }
}

async function fill(server: BenchProcess, url: string, tokens: string[]): Promise<Filled> {
  const clients: Clients[] = Array.from({ length: PROCESSES }, () => openClients());
  try {
    // Their start is nobody's time to accept them.
    await Promise.all(clients.map((one) => one.heard()));
    const before = await server.heldBytes();
    const share = Math.ceil(tokens.length / PROCESSES);
    const started = performance.now();
    await Promise.all(
      clients.map((one, i) =>
        one.joinMembers(url, tokens.slice(i * share, (i + 1) * share), AT_ONCE / PROCESSES),
      ),
    );
    const took = performance.now() - started;
    const held = await server.heldBytes();
    return { took, perSocket: (held - before) / tokens.length };
  } finally {
    for (const one of clients) one.close();
  }
}

/** What a second console is given must be the same people again. */
async function compareSnapshot(rostrum: BenchRostrum, members: readonly string[]): Promise<void> {
  const watch = await openWatch(rostrum, 'full');
  const people: RoomSnapshot['people']['cards'] = watch.snapshot.people.cards;
  watch.close();
  if (people.length !== members.length) throw new Error(`The snapshot has ${people.length} people`);
}
