import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { makeBareTables } from './bare-tables.ts';
import {
  askToMute,
  confirmMute,
  openRoomPage,
  readMarks,
  signedIn,
  startBrowser,
  watchMarks,
} from './browser.ts';
import { alternate, figureOf, quantileOf, type SuiteResult } from './figure.ts';
import { freePort, startProcess } from './process.ts';
import { type BenchRostrum, startBenchRostrum } from './rostrum.ts';

const ROUNDS = 3;
/** Mutes of a round; the 99th percentile of so few is their slowest. */
const MUTES = 12;
const PEOPLE = ROUNDS * MUTES + 4;

interface Sample {
  toConsole: number[];
  toMember: number[];
}

/**
 * From the click in one browser to "muted" on a row in another browser's page, and to the member's
 * own client hearing that it may not speak. The raw limit is a message to a bare Socket.IO server
 * that makes a bare commit and sends a message on to another client, sockets on both ends: without
 * a rule, an audit event, a browser or a screen. One at a time, with nothing else going on.
 */
export async function measureLatency(): Promise<SuiteResult> {
  const rostrum = await startBenchRostrum();
  const browser = await startBrowser();
  const bare = await openBare(rostrum);
  try {
    const heard = await bringMembers(rostrum);
    const height = 60 * PEOPLE;
    const acting = await openRoomPage(await signedIn(browser, rostrum, height), rostrum, 'talk');
    const other = await openRoomPage(await signedIn(browser, rostrum, height), rostrum, 'talk');
    await watchMarks(acting);
    await watchMarks(other);
    let next = 0;

    const muteOne = async (sample: Sample) => {
      const handle = handleOf(next++);
      await askToMute(acting, handle);
      await confirmMute(acting);
      const { muted } = await readMarks(other, handle);
      const { clicked } = await readMarks(acting, handle);
      while (!heard.has(handle)) await sleep(2);
      sample.toConsole.push(muted - clicked);
      sample.toMember.push((heard.get(handle) as number) - clicked);
      await acting.keyboard.press('Escape');
    };
    // The first pays for loading the dialog.
    await muteOne({ toConsole: [], toMember: [] });
    const samples = await alternate(
      ROUNDS,
      async () => {
        const sample: Sample = { toConsole: [], toMember: [] };
        for (let i = 0; i < MUTES; i++) await muteOne(sample);
        return sample;
      },
      async () => {
        const took = await bare.measure(MUTES * 4);
        return { toConsole: took, toMember: took };
      },
    );
    const figure = (name: string, key: keyof Sample, share: number) =>
      figureOf(name, 'ms', 'lower', {
        ours: samples.ours.map((sample) => quantileOf(sample[key], share)),
        limit: samples.limit.map((sample) => quantileOf(sample[key], share)),
      });
    return {
      figures: [
        figure('console-p50', 'toConsole', 0.5),
        figure('console-p99', 'toConsole', 0.99),
        figure('member-p50', 'toMember', 0.5),
        figure('member-p99', 'toMember', 0.99),
      ],
      notes: [rostrum.database.durability, `${ROUNDS} × ${MUTES} mutes, browsers included`],
    };
  } finally {
    await browser.close();
    await bare.close();
    await rostrum.stop();
  }
}

function handleOf(index: number): string {
  return `talk-${index}`;
}

/** Members with clients of their own. @returns when each heard that it may not speak */
async function bringMembers(rostrum: BenchRostrum): Promise<Map<string, number>> {
  await rostrum.openRoom('talk');
  const heard = new Map<string, number>();
  for (let i = 0; i < PEOPLE; i++) {
    const handle = handleOf(i);
    const token = await rostrum.joinToken('talk', handle);
    const socket = await connect(`${rostrum.url}/member`, { auth: { token } });
    const answer = await socket.emitWithAck('join');
    if (!answer.ok) throw new Error(`A join was refused: ${answer.reason}`);
    socket.on('rights', ({ muted }: { muted: boolean }) => {
      if (muted) heard.set(handle, performance.timeOrigin + performance.now());
    });
  }
  return heard;
}

async function openBare({ database }: BenchRostrum) {
  await makeBareTables(database);
  const port = await freePort();
  const server = await startProcess({
    script: 'bare-act-server.ts',
    args: [String(port)],
    env: { ...process.env, BARE_DATABASE_URL: database.appUrl },
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(url).catch(() => null))) await sleep(50);
  const [asking, hearing] = [await connect(url), await connect(url)];
  const once = async (id: number) => {
    const marked = new Promise<void>((resolve) => hearing.once('mark', () => resolve()));
    const started = performance.now();
    asking.emit('act', id);
    await marked;
    return performance.now() - started;
  };
  for (let i = 0; i < 50; i++) await once(i);
  return {
    async measure(times: number): Promise<number[]> {
      const took: number[] = [];
      for (let i = 0; i < times; i++) took.push(await once(i));
      return took;
    },
    async close() {
      asking.disconnect();
      hearing.disconnect();
      await server.stop();
    },
  };
}

function connect(url: string, options: object = {}): Promise<Socket> {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...options,
  });
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });
}
