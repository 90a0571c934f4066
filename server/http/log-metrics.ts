import { Gauge, type Registry } from 'prom-client';
import type { Sql } from '#db/client.ts';
import type { Sequencer, SequencerState } from '#server/audit/sequencer/sequencer.ts';

/** How long an answer serves, in milliseconds: gauges are read side by side. */
const FRESH = 1_000;

/** Adds what tells how the audit log's tree is; of the outbox only where this process sequences. */
export function addLogGauges(registry: Registry, sql: Sql, sequencer: Sequencer | null): void {
  const tree = fresh(() => readTree(sql));
  add(
    registry,
    'tree_size',
    'Leaves under the newest checkpoint.',
    async () => (await tree()).size,
  );
  add(
    registry,
    'checkpoint_seconds',
    'Age of the newest checkpoint; 0 when there is none.',
    async () => (await tree()).age,
  );
  if (sequencer === null) return;
  const state = fresh(() => sequencer.state());
  const addState = (name: string, help: string, pick: (state: SequencerState) => number) =>
    add(registry, name, help, async () => pick(await state()));
  addState('outbox_depth', 'Events not in the tree yet, 100,000 at most.', ({ depth }) => depth);
  addState(
    'outbox_oldest_seconds',
    'Age of the oldest event that is not in the tree yet; 0 when there is none.',
    ({ oldestSeconds }) => oldestSeconds,
  );
  addState('halted', '1 when the log contradicts itself and nothing is signed.', ({ halted }) =>
    halted === null ? 0 : 1,
  );
}

function add(registry: Registry, name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name: `rostrum_log_${name}`,
    help,
    registers: [registry],
    async collect() {
      this.set(await read());
    },
  });
}

function fresh<Answer>(read: () => Promise<Answer>): () => Promise<Answer> {
  let begunAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<Answer>;
  return () => {
    if (performance.now() - begunAt < FRESH) return reading;
    begunAt = performance.now();
    reading = read();
    return reading;
  };
}

async function readTree(sql: Sql): Promise<{ size: number; age: number }> {
  const [row] = await sql<{ size: number; age: number }[]>`
    select tree_size as size, extract(epoch from clock_timestamp() - at)::float8 as age
    from audit.checkpoint order by tree_size desc limit 1`;
  return row ?? { size: 0, age: 0 };
}
