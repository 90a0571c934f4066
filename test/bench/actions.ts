import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { openDb } from '#db/client.ts';
import { buildApp } from '#server/app.ts';
import { BARE_ROWS, makeBareTables } from './bare-tables.ts';
import { fillRoom } from './crowd.ts';
import { type BenchDatabase, startBenchDatabase } from './database.ts';
import { alternate, figureOf, quantileOf, type SuiteResult, seriesOf } from './figure.ts';
import { type Pace, pace } from './load.ts';
import { addModerators, fillRooms, muter } from './mutes.ts';

const ROOMS = 32;
const PEOPLE = 600;
const ROUNDS = 5;
const ACTS = { warmUp: 1_000, alone: 300, crowd: 2_400, oneRoom: 600 };

/**
 * Audited mutes through `execute`, as every way in calls it, of a new person each time, by
 * moderators who stay below the rate limit; one at a time, 32 at a time over 32 rooms, and 32 at a time in one room (where the room's
 * lock puts them in a row: its figure is for information). Both sides are warmed up first, as they
 * are in a server that runs for days. The raw limit is a bare transaction on
 * postgres.js over as many connections: update one row of as many, insert one row, commit.
 */
export async function measureActions(): Promise<SuiteResult> {
  const database = await startBenchDatabase();
  const db = openDb({ url: database.appUrl, max: 32 });
  const bare = await openBare(database);
  const app = buildApp(db);
  try {
    const spread = await fillRooms(app, ROOMS, PEOPLE);
    const crowded = await fillRoom(app, 'crowded', ACTS.oneRoom * (ROUNDS + 1));
    const leads = await addModerators(db);
    const inOne = crowded.map((member) => ({ room: 'crowded', member }));
    const muteNext = muter(app, leads, spread);
    const muteInOne = muter(app, leads, inOne);

    await database.settle();
    await pace(ACTS.warmUp, 32, muteNext);
    await pace(ACTS.warmUp, 32, bare.commit);
    await pace(ACTS.warmUp, 1, muteNext);
    await pace(ACTS.warmUp, 1, bare.commit);
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
