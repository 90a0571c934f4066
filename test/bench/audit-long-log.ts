import { createHash } from 'node:crypto';
import type { AuditQuery } from '#app/domain/audit/view.ts';
import { type Db, openDb } from '#db/client.ts';
import { readAuditList } from '#server/audit/read-list.ts';
import { NO_POLICY } from '#server/audit/verify/policy.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { fillLog, memberRef, operatorRef } from '#test/support/many-events.ts';
import { prepareBenchSequencer } from './bench-sequencer.ts';
import { type BenchDatabase, startBenchDatabase } from './database.ts';
import { figureOf, quantileOf, type SuiteResult } from './figure.ts';

const EVENTS = 1_000_000;
const ROUNDS = 3;
const PAGES = 1_000;
/** What was asked for. */
const PAGE_MS = 20;
const VERIFIED = 40_000;

/**
 * Over a log of a million events: pages of it under filters alone and together, common and rare, and
 * the second page after each, one request at a time; then the whole of it verified in its database.
 */
export async function measureLongLog(): Promise<SuiteResult> {
  const database = await startBenchDatabase();
  const sequencer = prepareBenchSequencer(database);
  const db = openDb({ url: database.appUrl, max: 2 });
  try {
    await fillLog(database.ownerUrl, sequencer.options, EVENTS);
    await pagesOf(db, 0);
    const p99s: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      p99s.push(quantileOf(await pagesOf(db, round), 0.99));
    }
    const perSecond: number[] = [];
    for (let round = 0; round < ROUNDS; round++) perSecond.push(await verify(database));
    return {
      figures: [
        figureOf('page-p99-ms', 'ms', 'lower', { ours: p99s, limit: p99s.map(() => PAGE_MS) }),
        figureOf('verify-events-per-s', 'events/s', 'higher', {
          ours: perSecond,
          limit: perSecond.map(() => VERIFIED),
        }),
      ],
      notes: [database.durability, `${EVENTS} events`],
    };
  } finally {
    await db.close();
    await sequencer.close();
    await database.stop();
  }
}

/** @returns how long each page took, in milliseconds */
async function pagesOf(db: Db, round: number): Promise<number[]> {
  const took: number[] = [];
  const read = async (query: AuditQuery) => {
    const started = performance.now();
    const { next } = await readAuditList(db, query);
    took.push(performance.now() - started);
    return next;
  };
  for (let n = 0; n < PAGES / 2; n++) {
    const query = queryOf(round * PAGES + n);
    const next = await read(query);
    if (next !== null) await read({ ...query, before: next });
  }
  return took;
}

/** The nth mixture of filters; the same in every run. */
function queryOf(n: number): AuditQuery {
  const pick = (salt: number, below: number) =>
    createHash('sha256').update(`${n} ${salt}`).digest().readUInt32BE() % below;
  const sometimes = (salt: number) => pick(salt, 4) === 0;
  const from = Date.now() - pick(1, 86_400_000);
  return {
    ...(sometimes(2) && { action: ACTIONS[pick(3, ACTIONS.length)] as string }),
    ...(sometimes(4) && { actor: NAMES[pick(19, 9)] ?? operatorRef(pick(5, 60)) }),
    ...(sometimes(6) && { subject: NAMES[pick(20, 9)] ?? memberRef(pick(7, 2_000)) }),
    ...(sometimes(8) && { room: `room-${pick(9, 400)}` }),
    ...(pick(10, 20) === 0 && { case: `case-${pick(11, EVENTS / 400)}` }),
    ...(sometimes(12) && { outcome: pick(13, 2) === 0 ? 'accepted' : 'refused' }),
    ...(sometimes(14) && { words: WORDS[pick(15, WORDS.length)] as string }),
    ...(sometimes(16) && { from: new Date(from).toISOString() }),
    ...(sometimes(17) && { to: new Date(from + pick(18, 7_200_000)).toISOString() }),
  };
}

const ACTIONS = ['participant.muted', 'participant', 'room.calmed', 'operator.disabled', 'report'];
const NAMES = ['Ann', '张伟', 'ئايگۈل 1', 'handle17'];
const WORDS = [
  'shouted',
  'music again',
  '打断',
  '辱骂',
  'ئاگاھلاندۇرۇلدى',
  'no17',
  'ticket150',
  'x',
];

async function verify({ ownerUrl }: BenchDatabase): Promise<number> {
  const started = performance.now();
  const report = await verifyDatabase(ownerUrl, NO_POLICY);
  if (report.verdict !== 'sound') {
    throw new Error(`The log is ${report.verdict}: ${JSON.stringify(report.findings)}`);
  }
  return (report.events / (performance.now() - started)) * 1_000;
}
