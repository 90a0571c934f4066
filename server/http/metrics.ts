import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Db } from '#db/client.ts';
import type { App } from '#server/app.ts';
import type { SocketMetrics } from '#server/realtime/deps.ts';
import type { Sockets } from '#server/realtime/sockets.ts';

/** What the process tells of itself; every read happens when /metrics is asked. */
export interface Metrics {
  registry: Registry;
  /** A command was answered. */
  acted(name: string, outcome: string, seconds: number): void;
  /** Presence was answered. */
  ingested(outcome: string, count: number): void;
  /** An HTTP request was answered; `route` is a kind, never an address. */
  answered(route: string, status: number, seconds: number): void;
  sockets: Required<SocketMetrics>;
  /** Reads numbers of the sockets from now on. */
  watch(counts: () => ReturnType<Sockets['counts']>): void;
}

interface Counts {
  enforcements: { state: string; count: number }[] | null;
  oldest_enforcement: number;
  newest_event: number;
  live_rooms: number;
}

/** How long an answer of the database serves, in milliseconds. */
const FRESH = 1_000;
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Opens the process's metrics over its own registry. */
export function openMetrics(app: Pick<App, 'db' | 'intakeDepth' | 'foresightCounts'>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const acts = new Counter({
    name: 'rostrum_acts_total',
    help: 'Commands answered, by name and outcome.',
    labelNames: ['name', 'outcome'],
    registers,
  });
  const actSeconds = new Histogram({
    name: 'rostrum_act_seconds',
    help: 'From a command to its answer.',
    buckets: BUCKETS,
    registers,
  });
  const presence = new Counter({
    name: 'rostrum_ingest_events_total',
    help: 'Presence events answered, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const http = new Histogram({
    name: 'rostrum_http_seconds',
    help: 'From an HTTP request to its answer, by kind of address.',
    labelNames: ['route', 'status'],
    buckets: BUCKETS,
    registers,
  });
  new Gauge({
    name: 'rostrum_ingest_depth',
    help: 'Presence events waiting or being written.',
    registers,
    collect() {
      this.set(app.intakeDepth());
    },
  });
  new Gauge({
    name: 'rostrum_foresight',
    help: 'Commands worked out ahead and those that had to be done again since the start; people, rooms and actors remembered now.',
    labelNames: ['what'],
    registers,
    collect() {
      for (const [what, count] of Object.entries(app.foresightCounts())) this.set({ what }, count);
    },
  });
  addDatabaseGauges(registers, app);
  return {
    registry,
    acted(name, outcome, seconds) {
      acts.inc({ name, outcome });
      actSeconds.observe(seconds);
    },
    ingested: (outcome, count) => presence.inc({ outcome }, count),
    answered: (route, status, seconds) => http.observe({ route, status }, seconds),
    sockets: socketMetrics(registers),
    watch: (counts) => addSocketGauges(registers, counts),
  };
}

function socketMetrics(registers: Registry[]): Required<SocketMetrics> {
  const refused = new Counter({
    name: 'rostrum_packets_refused_total',
    help: 'Packets refused before their handler ran, by namespace and reason.',
    labelNames: ['namespace', 'reason'],
    registers,
  });
  const frames = new Counter({
    name: 'rostrum_frames_total',
    help: "Frames sent to rooms' watchers.",
    registers,
  });
  const events = new Counter({
    name: 'rostrum_frame_events_total',
    help: 'Room events in those frames.',
    registers,
  });
  const delay = new Histogram({
    name: 'rostrum_frame_seconds',
    help: "From a room event's own time to its frame.",
    buckets: BUCKETS,
    registers,
  });
  return {
    packetRefused: (namespace, reason) => refused.inc({ namespace, reason }),
    frameSent(count) {
      frames.inc();
      events.inc(count);
    },
    frameDelay: (ms) => delay.observe(ms / 1_000),
  };
}

function addSocketGauges(registers: Registry[], counts: () => ReturnType<Sockets['counts']>): void {
  new Gauge({
    name: 'rostrum_sockets',
    help: 'Sockets connected now, by namespace.',
    labelNames: ['namespace'],
    registers,
    collect() {
      const { members, consoles } = counts();
      this.set({ namespace: 'member' }, members);
      this.set({ namespace: 'console' }, consoles);
    },
  });
  new Gauge({
    name: 'rostrum_rooms_watched',
    help: 'Rooms that a console of this process watches.',
    registers,
    collect() {
      this.set(counts().watchedRooms);
    },
  });
}

function addDatabaseGauges(registers: Registry[], { db }: Pick<App, 'db'>): void {
  // The gauges are read side by side: one query answers all of them, and whoever asks again at once.
  let begunAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<Counts>;
  const read = () => {
    if (performance.now() - begunAt < FRESH) return reading;
    begunAt = performance.now();
    reading = readCounts(db);
    return reading;
  };
  const add = (name: string, help: string, pick: (counts: Counts) => number) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(pick(await read()));
      },
    });
  add('rostrum_rooms_live', 'Live rooms.', ({ live_rooms }) => live_rooms);
  add(
    'rostrum_enforcement_oldest_seconds',
    'Age of the oldest enforcement that is not observed yet; 0 when there is none.',
    ({ oldest_enforcement }) => oldest_enforcement,
  );
  add(
    'rostrum_audit_last_event_seconds',
    'Age of the newest audit event.',
    ({ newest_event }) => newest_event,
  );
  new Gauge({
    name: 'rostrum_enforcements',
    help: 'Enforcements that are not observed yet, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      const { enforcements } = await read();
      this.reset();
      for (const state of ['requested', 'delivered', 'failed']) {
        this.set({ state }, enforcements?.find((row) => row.state === state)?.count ?? 0);
      }
    },
  });
}

async function readCounts({ sql }: Db): Promise<Counts> {
  const [row] = await sql<Counts[]>`
    select (select json_agg(x) from (
        select state, count(*) as count from enforcement
        where state in ('requested', 'delivered', 'failed') group by state) x) as enforcements,
      coalesce((select extract(epoch from now() - min(requested_at)) from enforcement
        where state in ('requested', 'delivered', 'failed')), 0)::float8 as oldest_enforcement,
      coalesce((select extract(epoch from now() - recorded_at) from audit.event
        order by event_id desc limit 1), 0)::float8 as newest_event,
      (select count(*) from room where status = 'live') as live_rooms`;
  if (!row) throw new Error('A query of aggregates answers one row');
  return row;
}
