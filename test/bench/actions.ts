import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { openDb } from '#db/client.ts';
import { type App, buildApp } from '#server/app.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { BARE_ROWS, makeBareTables } from './bare-tables.ts';
import { addLeads, fillRoom } from './crowd.ts';
import { type BenchDatabase, startBenchDatabase } from './database.ts';
import { alternate, figureOf, quantileOf, type SuiteResult, seriesOf } from './figure.ts';
import { type Pace, pace } from './load.ts';

const ROOMS = 32;
const PEOPLE = 600;
const ROUNDS = 5;
const ACTS = { alone: 300, crowd: 2_400, oneRoom: 600 };

/**
 * Audited mutes through `execute`, as every way in calls it, of a new person each time, by moderators who stay below the rate
 * limit; one at a time, 32 at a time over 32 rooms, and 32 at a time in one room (where the room's
 * lock puts them in a row: its figure is for information). The raw limit is a bare transaction on
 * postgres.js over as many connections: update one row of as many, insert one row, commit.
 */
export async function measureActions(): Promise<SuiteResult> {
  const database = await startBenchDatabase();
  const db = openDb({ url: database.appUrl, max: 32 });
  const bare = await openBare(database);
  const app = buildApp(db);
  try {
    const rooms = await Promise.all(
      Array.from({ length: ROOMS }, (_, i) => fillRoom(db, `room${i}`, PEOPLE)),
    );
    const crowded = await fillRoom(db, 'crowded', ACTS.oneRoom * (ROUNDS + 1));
    const leads = await addLeads(db, 400);
    const spread = Array.from({ length: ROOMS * PEOPLE }, (_, i) => {
      const room = i % ROOMS;
      return { room: `room${room}`, member: rooms[room]?.[Math.floor(i / ROOMS)] as string };
    });
    const inOne = crowded.map((member) => ({ room: 'crowded', member }));
    const muteNext = muter(app, leads, spread);
    const muteInOne = muter(app, leads, inOne);

    await pace(ROOMS * 4, 32, muteNext);
    await pace(ROOMS * 4, 32, bare.commit);
    const alone = await alternate(
      ROUNDS,
      () => pace(ACTS.alone, 1, muteNext),
      () => pace(ACTS.alone, 1, bare.commit),
    );
    const crowd = await alternate(
      ROUNDS,
      () => pace(ACTS.crowd, 32, muteNext),
      () => pace(ACTS.crowd, 32, bare.commit),
    );
    const oneRoom = await alternate(
      ROUNDS,
      () => pace(ACTS.oneRoom, 32, muteInOne),
      () => pace(ACTS.oneRoom, 32, bare.commit),
    );
    const perSecond = (sample: Pace) => sample.perSecond;
    const p99 = (sample: Pace) => quantileOf(sample.took, 0.99);
    return {
      figures: [
        figureOf('throughput@1', 'acts/s', 'higher', seriesOf(alone, perSecond)),
        figureOf('throughput@32', 'acts/s', 'higher', seriesOf(crowd, perSecond)),
        figureOf('p99@32', 'ms', 'lower', seriesOf(crowd, p99)),
        figureOf('throughput@32-one-room', 'acts/s', 'higher', seriesOf(oneRoom, perSecond)),
      ],
      notes: [database.durability],
    };
  } finally {
    await bare.close();
    await db.close();
    await database.stop();
  }
}

/** Mutes the next of them at each call; runs dry rather than muting anyone twice. */
function muter(
  app: App,
  leads: readonly Actor[],
  people: readonly { room: string; member: string }[],
) {
  let next = 0;
  return async () => {
    const index = next++;
    const target = people[index];
    const actor = leads[index % leads.length];
    if (!target || !actor) throw new Error('There is nobody left to mute');
    const command = {
      id: randomUUID(),
      name: 'mute',
      reason: 'Shouting over the speaker',
      ...target,
    };
    const answer = await app.act(actor, command);
    if (!answer.ok) throw new Error(`A mute was refused: ${answer.reason}`);
  };
}

async function openBare(database: BenchDatabase) {
  await makeBareTables(database);
  const sql = postgres(database.appUrl, { max: 32 });
  let next = 0;
  return {
    async commit() {
      const id = next++ % BARE_ROWS;
      const at = new Date().toISOString();
      await sql.begin((tx) => [
        tx`update bare_row set muted = not muted, at = ${at} where id = ${id}`,
        tx`insert into bare_log values (${randomUUID()}, ${id}, ${at}, 'Shouting over the speaker')`,
      ]);
    },
    close: () => sql.end(),
  };
}
