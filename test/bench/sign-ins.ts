import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { io, type Socket } from 'socket.io-client';
import type { Db } from '#db/client.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { openPasswordHasher } from '#server/auth/password-hash.ts';
import { alternate, figureOf, quantileOf, type SuiteResult, seriesOf } from './figure.ts';
import { askProcess } from './process.ts';
import { type BenchRostrum, startBenchRostrum } from './rostrum.ts';
import type { SigningInOrder } from './signing-in.ts';

const ROUNDS = 5;
/** A p99 of fewer would be one stall. */
const MUTES = 480;
const CONSOLES = 4;
/** A console may not send faster. */
const MUTE_EVERY_MS = 70;
const SIGN_INS = 16;
const PASSWORD = 'nine purple otters waltz';

/**
 * `signin@16`: mutes in turn from four consoles, each over its socket, while sixteen people sign in by password, over
 * and over; against the same mutes alone. Those who sign in are a process of their own, at the lowest
 * priority: they would be on other machines, and all sixteen always have a sign-in with the server.
 */
export async function measureSignIns(): Promise<SuiteResult> {
  const rostrum = await startBenchRostrum({
    SIGN_INS_PER_MINUTE: '100000',
    DESTRUCTIVE_PER_MINUTE: '10000',
  });
  const people = fork(fileURLToPath(new URL('signing-in.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
  });
  const order = (wanted: SigningInOrder) => askProcess<number>(people, wanted);
  try {
    const members = await openFullRoom(rostrum);
    const names = await addPasswords(rostrum.db);
    const consoles = await Promise.all(
      Array.from({ length: CONSOLES }, () => connectConsole(rostrum)),
    );
    let next = 0;
    let signedIn = 0;
    const mutes = async () => {
      const took: number[] = [];
      // In turn, so that no mute waits for another one.
      const lanes = consoles.map(async (socket, i) => {
        await sleep((i * MUTE_EVERY_MS) / CONSOLES);
        for (let done = 0; done < MUTES / CONSOLES; done++) {
          const from = performance.now();
          await mute(socket, members[next++] as string);
          const passed = performance.now() - from;
          took.push(passed);
          await sleep(Math.max(0, MUTE_EVERY_MS - passed));
        }
      });
      await Promise.all(lanes);
      return { took };
    };
    await mutes();
    const samples = await alternate(
      ROUNDS,
      async () => {
        await order({ kind: 'begin', url: rostrum.url, names, password: PASSWORD });
        const took = await mutes();
        signedIn += await order({ kind: 'end' });
        return took;
      },
      mutes,
    );
    for (const socket of consoles) socket.disconnect();
    const p99 = ({ took }: { took: number[] }) => quantileOf(took, 0.99);
    return {
      figures: [figureOf(`signin@${SIGN_INS}`, 'ms', 'lower', seriesOf(samples, p99))],
      notes: [`${signedIn} sign-ins by password during ${ROUNDS} × ${MUTES} mutes`],
    };
  } finally {
    people.kill('SIGKILL');
    await rostrum.stop();
  }
}

async function connectConsole(rostrum: BenchRostrum): Promise<Socket> {
  const socket = io(`${rostrum.url}/console`, {
    transports: ['websocket'],
    extraHeaders: { cookie: rostrum.cookie },
  });
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve as never);
    socket.once('connect_error', reject);
  });
  return socket;
}

async function openFullRoom(rostrum: BenchRostrum): Promise<string[]> {
  await rostrum.openRoom('talk');
  const members = Array.from({ length: MUTES * (2 * ROUNDS + 1) }, (_, i) => `talk-${i}`);
  const events = members.map((member) => ({
    type: 'joined',
    id: member,
    member,
    profile: {
      handle: member,
      name: `Person ${member}`,
      locale: 'en',
      memberSince: '2026-01-01T00:00:00.000Z',
    },
  }));
  await rostrum.post('talk', events);
  return members;
}

/** Gives moderators a password each, on the record. @returns their names */
async function addPasswords(db: Db): Promise<string[]> {
  const hash = await openPasswordHasher({ lanes: 1 }).hash(PASSWORD);
  const people = Array.from({ length: SIGN_INS }, (_, i) => ({
    id: randomUUID(),
    name: `Signing in ${i}`,
    roles: ['moderator'],
  }));
  await db.begin(async (tx) => {
    await tx`insert into operator ${tx(people, 'id', 'name', 'roles')}`;
    for (const { id } of people) {
      await tx`insert into operator_password (operator_id, hash) values (${id}, ${hash})`;
    }
    await appendAudit(
      tx,
      people.map(({ id }) => ({
        action: 'operator.added',
        outcome: 'accepted' as const,
        occurred_at: Date.now(),
        actor: 'system',
        target_type: 'operator',
        target: `operator:${id}`,
      })),
    );
  });
  return people.map(({ name }) => name);
}

async function mute(socket: Socket, member: string): Promise<void> {
  const people = { room: 'talk', member, reason: 'Shouting over the speaker' };
  const answer = await socket.emitWithAck('room:act', {
    id: randomUUID(),
    name: 'mute',
    ...people,
  });
  if (!answer.ok) throw new Error(`A mute was refused: ${answer.reason}`);
}
