import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { openDb } from '#db/client.ts';
import { buildApp } from '#server/app.ts';
import { openBenchSequencer } from './bench-sequencer.ts';
import { type BenchDatabase, startBenchDatabase } from './database.ts';
import { alternate, figureOf, quantileOf, type SuiteResult, seriesOf } from './figure.ts';
import { type Pace, pace } from './load.ts';
import { addModerators, fillRooms, muter } from './mutes.ts';

const ROOMS = 32;
const PEOPLE = 800;
const ROUNDS = 5;
const ACTS = 2_000;
const HELD_MS = 3_000;

/**
 * Mutes, 32 at a time over 32 rooms, with the log as it is and its sequencer at work, against the
 * same mutes in a database whose `audit.append` is one plain insert per event, without guards and
 * sequencer. `held-open-p99` is how slow they are while another transaction that has appended stays
 * open for three seconds, against how slow they are without.
 */
export async function measureActs(): Promise<SuiteResult> {
  const audited = await openSide();
  const plain = await openSide(makePlain);
  const sequencer = await openBenchSequencer(audited.database);
  try {
    for (const side of [audited, plain]) await pace(ROOMS * 4, 32, side.mute);
    const crowd = await alternate(
      ROUNDS,
      () => pace(ACTS, 32, audited.mute),
      () => pace(ACTS, 32, plain.mute),
    );
    const held = await alternate(
      ROUNDS,
      () => paceWhileHeld(audited),
      () => pace(ACTS / 2, 32, audited.mute),
    );
    const p99 = ({ took }: Pace) => quantileOf(took, 0.99);
    return {
      figures: [
        figureOf(
          'throughput@32',
          'acts/s',
          'higher',
          seriesOf(crowd, ({ perSecond }) => perSecond),
        ),
        figureOf('p99@32', 'ms', 'lower', seriesOf(crowd, p99)),
        figureOf('held-open-p99', 'ms', 'lower', seriesOf(held, p99)),
      ],
      notes: [audited.database.durability],
    };
  } finally {
    await sequencer.stop();
    for (const side of [audited, plain]) await side.close();
  }
}

type Side = Awaited<ReturnType<typeof openSide>>;

async function openSide(prepare: (database: BenchDatabase) => Promise<void> = async () => {}) {
  const database = await startBenchDatabase();
  const db = openDb({ url: database.appUrl, max: 32 });
  const app = buildApp(db);
  const people = await fillRooms(app, ROOMS, PEOPLE);
  const leads = await addModerators(db);
  await prepare(database);
  await database.settle();
  return {
    database,
    mute: muter(app, leads, people),
    async close() {
      await db.close();
      await database.stop();
    },
  };
}

/** Leaves of the log what any audit table has: who did what, as it was said. */
async function makePlain({ ownerUrl }: BenchDatabase): Promise<void> {
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  await owner.unsafe(`
    create table audit.plain (
      event_id uuid primary key, at timestamptz not null default now(), entry jsonb not null);
    alter table audit.plain owner to audit_owner;
    create or replace function audit.append(events jsonb)
      returns table (ordinal int, event_id uuid) language sql security definer as $$
      with entry as materialized (
        select n::int - 1 as n, audit.uuid_v7(clock_timestamp(), n::int - 1) as id, e
        from jsonb_array_elements(events) with ordinality as x(e, n)
      ), written as (insert into audit.plain (event_id, entry) select id, e from entry)
      select n, id from entry
    $$;
    do $$
    declare
      guard record;
    begin
      for guard in select tgname, tgrelid::regclass as kept from pg_trigger
        where tgname like 'on_record_%' and tgparentid = 0 loop
        execute format('drop trigger %I on %s', guard.tgname, guard.kept);
      end loop;
    end
    $$`);
  await owner.end();
}

/** Mutes while another audited transaction is open, which outlasts them. */
async function paceWhileHeld({ database, mute }: Side): Promise<Pace> {
  const other = postgres(database.appUrl, { max: 1 });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const holding = other.begin(async (tx) => {
    await tx`select audit.append(${JSON.stringify([HELD])}::text::jsonb)`;
    await released;
  });
  const timer = sleep(HELD_MS).then(release);
  const sample = await pace(ACTS / 2, 32, mute);
  await Promise.all([timer, holding]);
  await other.end();
  return sample;
}

const HELD = {
  action: 'bench.held',
  outcome: 'accepted',
  occurred_at: 1_612_701_296_789,
  actor: 'system',
};
