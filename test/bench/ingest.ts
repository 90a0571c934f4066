import postgres from 'postgres';
import { profileOf } from './crowd.ts';
import type { BenchDatabase } from './database.ts';
import { alternate, figureOf, type SuiteResult, seriesOf } from './figure.ts';
import { startBenchRostrum } from './rostrum.ts';

const ROUNDS = 5;
const EVENTS = 10_000;
/** Members of all rooms together; each is known before the measured rounds, as in a living room. */
const MEMBERS = 10_000;

/**
 * Joins and leaves through the API, as a platform's back end sends them: every member in turn, in
 * at most four calls at once, one room with calls of 2,500 events or 100 rooms with calls of 100.
 * The raw limit inserts the same rows into bare tables with the keys and indexes of ours: the room
 * event and the platform's event id, by multi-row inserts of the same sizes in one transaction, as
 * many at once. It reads nothing, numbers nothing and changes no participant.
 */
export async function measureIngest(): Promise<SuiteResult> {
  const rostrum = await startBenchRostrum();
  const bare = await openBare(rostrum.database);
  try {
    const series = [];
    for (const [name, rooms] of [
      ['throughput@1-room', 1],
      ['throughput@100-rooms', 100],
    ] as const) {
      const ids = Array.from({ length: rooms }, (_, i) => `${name.slice(11)}-${i}`);
      for (const id of ids) await rostrum.openRoom(id);
      const call = EVENTS / Math.max(rooms, 4);
      const batches = (round: number) =>
        ids.flatMap((room) => batchesOf(room, MEMBERS / rooms, call, round));
      // Everyone comes and goes once before: from then on no profile is new.
      for (const round of [0, 1]) await send(batches(round), rostrum.post);
      const samples = await alternate(
        ROUNDS,
        (round) => send(batches(round + 2), rostrum.post),
        (round) => send(batches(round + 2), bare.insert),
      );
      series.push(
        figureOf(
          name,
          'events/s',
          'higher',
          seriesOf(samples, (pace) => pace),
        ),
      );
    }
    return { figures: series, notes: [rostrum.database.durability] };
  } finally {
    await bare.close();
    await rostrum.stop();
  }
}

interface Batch {
  room: string;
  events: { type: 'joined' | 'left'; id: string; member: string }[];
}

/** Even rounds: everyone joins. Odd rounds: everyone leaves. */
function batchesOf(room: string, members: number, call: number, round: number): Batch[] {
  const type = round % 2 === 0 ? 'joined' : 'left';
  const batches: Batch[] = [];
  for (let from = 0; from < members; from += call) {
    const events = Array.from({ length: Math.min(call, members - from) }, (_, i) => {
      const member = `${room}-${from + i}`;
      const event = { type, id: `${member}:${round}`, member } as const;
      return round === 0 ? { ...event, profile: profileOf(member) } : event;
    });
    batches.push({ room, events });
  }
  return batches;
}

/** @returns events per second */
async function send(
  batches: readonly Batch[],
  write: (room: string, events: Batch['events']) => Promise<void>,
): Promise<number> {
  const started = performance.now();
  let next = 0;
  const lane = async () => {
    for (let batch = batches[next++]; batch; batch = batches[next++]) {
      await write(batch.room, batch.events);
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  const events = batches.reduce((sum, batch) => sum + batch.events.length, 0);
  return (events / (performance.now() - started)) * 1_000;
}

async function openBare({ ownerUrl, appUrl }: BenchDatabase) {
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  await owner.unsafe(`
    create table bare_event (room_id text, seq serial, at timestamptz, command_id uuid, body jsonb,
      primary key (room_id, seq));
    create index on bare_event (room_id, at);
    create table bare_id (room_id text, event_id text, at timestamptz default now(), refusal text,
      primary key (room_id, event_id));
    grant insert on bare_event, bare_id to rostrum_app;
    grant usage on bare_event_seq_seq to rostrum_app`);
  await owner.end();
  const sql = postgres(appUrl, { max: 4 });
  return {
    async insert(room: string, events: Batch['events']) {
      const at = new Date().toISOString();
      const bodies = events.map(({ member, type }) => ({
        room_id: room,
        at,
        body: { type: `participant.${type}`, member },
      }));
      const ids = events.map(({ id }) => ({ room_id: room, event_id: id }));
      await sql.begin((tx) => [
        tx`insert into bare_event ${tx(bodies)}`,
        tx`insert into bare_id ${tx(ids)}`,
      ]);
    },
    close: () => sql.end(),
  };
}
