import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame } from '#app/domain/rooms/frame.ts';
import { profileOf } from './crowd.ts';
import { alternate, figureOf, type SuiteResult, seriesOf } from './figure.ts';
import { type Clients, openClients } from './open-clients.ts';
import { type BenchProcess, freePort, startProcess } from './process.ts';
import { type BenchRostrum, startBenchRostrum } from './rostrum.ts';
import { openWatch } from './watch.ts';

const PEOPLE = 5_000;
const CONSOLES = 200;
const CHANGES_PER_SECOND = 500;
/** Changes come as from a busy room: a few at a time. */
const CHANGES_PER_CALL = 20;
const SECONDS = 6;
const ROUNDS = 3;
/** What the design allows a change to cost on each console's wire, in bytes. */
const BYTES_ALLOWED = 60;

interface Spent {
  /** Milliseconds of processor time per second that fan-out took: with consoles less without. */
  cpu: number;
  /** Bytes per change and console, with all framing. */
  bytes: number;
}

/**
 * 200 consoles watch a room of 5,000 in which 500 hands a second go up and down. Taking the changes
 * in costs the same whoever watches, so the server's processor time is measured without consoles,
 * with them and without them again, and what it is more with them is the fan-out's. The raw limit is a bare Socket.IO
 * server that broadcasts the very frames of that round, at their times, to as many clients; its
 * difference is to doing nothing. `bytes-per-change` has the design's 60 bytes as its limit.
 */
export async function measureFanout(): Promise<SuiteResult> {
  const rostrum = await startBenchRostrum();
  const bare = await startBare();
  try {
    const hands = await openBusyRoom(rostrum);
    let recorded: Recorded[] = [];
    const measureOurs = async (): Promise<Spent> => {
      const before = await spend(rostrum.server, () => raiseHands(rostrum, hands));
      const consoles = openClients();
      await consoles.watch(rostrum.url, CONSOLES, rostrum.cookie, 'busy');
      const watch = await openWatch(rostrum, 'busy');
      recorded = [];
      const began = performance.now();
      watch.socket.on('room:frame', (_room, frame) => {
        recorded.push({ frame, at: performance.now() - began });
      });
      const watched = await spend(rostrum.server, () => raiseHands(rostrum, hands));
      const bytes = await bytesPerChange(consoles);
      watch.close();
      consoles.close();
      const after = await spend(rostrum.server, () => raiseHands(rostrum, hands));
      return { cpu: watched - (before + after) / 2, bytes };
    };
    const measureBare = async (): Promise<Spent> => {
      const consoles = openClients();
      await consoles.watch(bare.url, CONSOLES, '', null);
      const cpu = await spend(bare, () => bare.replay(recorded));
      consoles.close();
      return { cpu, bytes: BYTES_ALLOWED };
    };
    // Warm, and with frames to replay.
    await measureOurs();
    const samples = await alternate(ROUNDS, measureOurs, measureBare);
    return {
      figures: [
        figureOf(
          'cpu',
          'ms/s',
          'lower',
          seriesOf(samples, ({ cpu }) => cpu),
        ),
        figureOf(
          'bytes-per-change',
          'bytes',
          'lower',
          seriesOf(samples, ({ bytes }) => bytes),
        ),
      ],
      notes: [`${CONSOLES} consoles, ${PEOPLE} people, ${CHANGES_PER_SECOND} changes/s`],
    };
  } finally {
    await bare.stop();
    await rostrum.stop();
  }
}

interface Recorded {
  frame: Frame;
  /** Milliseconds after the recording began. */
  at: number;
}

type Hands = { next: number; round: number };

async function openBusyRoom({ openRoom, post }: BenchRostrum): Promise<Hands> {
  await openRoom('busy');
  for (let from = 0; from < PEOPLE; from += 1_000) {
    await post(
      'busy',
      Array.from({ length: 1_000 }, (_, i) => {
        const member = `b${from + i}`;
        return { type: 'joined', id: `joined:${member}`, member, profile: profileOf(member) };
      }),
    );
  }
  return { next: 0, round: 0 };
}

/** Raises everyone's hand in turn, then lowers it, and so on, at the set rate. */
async function raiseHands({ post }: BenchRostrum, hands: Hands): Promise<void> {
  const calls = (SECONDS * CHANGES_PER_SECOND) / CHANGES_PER_CALL;
  const gap = (CHANGES_PER_CALL / CHANGES_PER_SECOND) * 1_000;
  const started = performance.now();
  const sent: Promise<void>[] = [];
  for (let call = 0; call < calls; call++) {
    await sleep(Math.max(0, started + call * gap - performance.now()));
    const events = Array.from({ length: CHANGES_PER_CALL }, () => {
      if (hands.next === PEOPLE) Object.assign(hands, { next: 0, round: hands.round + 1 });
      const member = `b${hands.next++}`;
      const type = hands.round % 2 === 0 ? 'hand_raised' : 'hand_lowered';
      return { type, id: `${member}:${hands.round}`, member };
    });
    sent.push(post('busy', events));
  }
  await Promise.all(sent);
}

/** @returns milliseconds of processor time per second of work, the last frames' delivery included */
async function spend(server: BenchProcess, work: () => Promise<void>): Promise<number> {
  await sleep(500);
  const before = server.processorMs();
  await work();
  await sleep(500);
  return (server.processorMs() - before) / SECONDS;
}

async function bytesPerChange(consoles: Clients): Promise<number> {
  const { bytes, changes } = await consoles.heard();
  if (changes !== CONSOLES * SECONDS * CHANGES_PER_SECOND) {
    throw new Error(`The consoles heard ${changes} changes, not all`);
  }
  return bytes / changes;
}

async function startBare() {
  const port = await freePort();
  const server = await startProcess({ script: 'bare-server.ts', args: [String(port)] });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(url).catch(() => null))) await sleep(50);
  return {
    ...server,
    url,
    async replay(recorded: readonly Recorded[]) {
      const started = performance.now();
      const first = recorded[0]?.at ?? 0;
      for (const { frame, at } of recorded) {
        await sleep(Math.max(0, started + at - first - performance.now()));
        server.send(frame);
      }
    },
  };
}
