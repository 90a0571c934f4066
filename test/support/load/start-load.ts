import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RoomCommandInput } from '#app/domain/rooms/commands.ts';
import type { RoomModel } from '#app/live/room-model.ts';
import type { Db } from '#db/client.ts';
import { signJoinToken } from '#server/auth/join-token.ts';
import { type Random, randomFrom } from '#server/demo/random.ts';
import { callAt, event, JOIN_SECRETS, joined, opened, profileOf } from '#test/support/rostrum.ts';
import { eventually } from '#test/support/server.ts';
import { type Claim, type MemberClient, type Move, openMemberClient } from './member-client.ts';
import { type OperatorClient, openOperatorClient, signInOperator } from './operator-client.ts';

export interface LoadOptions {
  url: string;
  /** To sign operators in; the load itself goes through the server's doors alone. */
  db: Db;
  /** Repeats every decision; what the server answers and when is its own. */
  seed: number;
  rooms: readonly string[];
  /** Members of each room with a client of their own; every tenth has a second one. */
  membersPerRoom: number;
}

/** Members, operators and a platform that don't stop for anything that befalls the server. */
export interface Load {
  readonly claims: readonly Claim[];
  readonly clients: readonly MemberClient[];
  readonly operators: readonly OperatorClient[];
  /** Answers to the platform's events by room and event id; null: accepted. */
  readonly events: ReadonlyMap<string, ReadonlyMap<string, string | null>>;
  /** What a console's screen holds of each room. */
  readonly models: ReadonlyMap<string, RoomModel>;
  /** Everything acknowledged so far. */
  acknowledged(): number;
  /** Begins nothing more, and waits until everything begun is answered. */
  quiet(): Promise<void>;
  close(): void;
}

const MEMBER_LANES = 4;
const OPERATORS = 4;
/** Keeps an operator below the limit of packets. */
const PACE_MS = 70;
const PATIENCE = 60_000;
const MOVES: readonly Move[] = [
  ...(['raise_hand', 'raise_hand', 'lower_hand', 'take_floor', 'take_floor'] as const),
  ...(['release_floor', 'leave'] as const),
];
const KEY = { id: 'first', secret: new TextEncoder().encode(JOIN_SECRETS.first) };

/** Opens the rooms, brings everyone in, and begins. */
export async function startLoad(options: LoadOptions): Promise<Load> {
  const { url, db, seed, rooms } = options;
  const call = callAt(`${url}/api/v1`);
  const claims: Claim[] = [];
  const events = new Map(rooms.map((room) => [room, new Map<string, string | null>()]));
  for (const room of rooms) await call(`/rooms/${room}/events`, { body: [opened()] });
  const clients = await openClients(options, claims);
  const operators: OperatorClient[] = [];
  for (let at = 0; at <= OPERATORS; at++) {
    operators.push(openOperatorClient(url, await signInOperator(db, `Operator ${seed}-${at}`)));
  }
  const [watching, ...acting] = operators as [OperatorClient, ...OperatorClient[]];
  const models = new Map(rooms.map((room) => [room, watching.watch(room)]));

  let stopping = false;
  const lane = async (number: number, step: (chance: Random) => Promise<unknown>) => {
    const chance = randomFrom(seed * 1_000 + number);
    while (!stopping) await step(chance);
  };
  const lanes = [
    ...Array.from({ length: MEMBER_LANES }, (_, at) =>
      lane(at, (chance) => moveOne(chance.pick(clients), chance)),
    ),
    ...acting.map((operator, at) => lane(100 + at, (chance) => actOnce(operator, chance, clients))),
    ...rooms.map((room, at) =>
      lane(200 + at, (chance) => tellOnce(call, room, chance, events.get(room) as Answers)),
    ),
  ];
  return {
    claims,
    clients,
    operators,
    events,
    models,
    acknowledged: () =>
      claims.length + sum(operators, ({ answered }) => answered.size) + sum(events.values(), size),
    async quiet() {
      stopping = true;
      await Promise.all(lanes);
    },
    close() {
      for (const { socket } of clients) socket.disconnect();
      for (const operator of operators) operator.close();
    },
  };
}

async function openClients(
  { url, rooms, membersPerRoom }: LoadOptions,
  claims: Claim[],
): Promise<MemberClient[]> {
  const clients: MemberClient[] = [];
  for (const room of rooms) {
    for (let at = 0; at < membersPerRoom; at++) {
      const member = `${room}-${at}`;
      const role = at === 0 ? 'host' : at % 5 === 0 ? 'speaker' : 'listener';
      const profile = { ...profileOf(member), inviter: null };
      const { token } = await signJoinToken([KEY], { room, member, role, profile }, 600);
      for (let tab = 0; tab <= Number(at % 10 === 9); tab++) {
        clients.push(openMemberClient(url, { room, member, token }, claims));
      }
    }
  }
  await eventually(
    () => clients.filter((client) => client.state() === null).length,
    (outside) => outside === 0,
    PATIENCE,
  );
  return clients;
}

async function moveOne(client: MemberClient, chance: Random): Promise<void> {
  const move = chance.pick(MOVES);
  if (client.state() === null) await client.join();
  // Whoever has a second client is still here when one of them leaves.
  else if (move !== 'leave' || !client.member.endsWith('9')) await client.move(move);
}

async function actOnce(
  operator: OperatorClient,
  chance: Random,
  clients: readonly MemberClient[],
): Promise<void> {
  const command = chooseCommand(operator, chance, clients);
  const [answer] = await Promise.all([operator.act(command), sleep(PACE_MS)]);
  // The same once more, as a client does that never heard the answer.
  if (answer.ok && chance.chance(0.1)) await operator.act(command);
}

function chooseCommand(
  operator: OperatorClient,
  chance: Random,
  clients: readonly MemberClient[],
): RoomCommandInput {
  const { room, member } = chance.pick(clients);
  const head = { id: randomUUID(), room, reason: 'Because of the noise' };
  const done = [...operator.answered.keys()];
  const offered: (() => RoomCommandInput)[] = [
    () => ({ ...head, name: 'mute', member }),
    () => ({ ...head, name: 'mute', member }),
    () => ({ ...head, name: 'allow_to_speak', member }),
    () => ({ ...head, name: 'remove', member }),
    () => ({ ...head, name: 'remove', member, minutes: 30 }),
    () => ({ ...head, name: 'readmit', member }),
    () => ({ ...head, name: 'promote', member, to: 'speaker' }),
    () => ({ ...head, name: 'promote', member, to: 'speaker' }),
    () => ({ ...head, name: 'demote', member, to: 'listener' }),
    () => ({ ...head, name: 'lower_hand', member }),
    () => ({ ...head, name: 'clear_hands' }),
    () => ({ ...head, name: 'report', member, category: 'harassment' }),
    () => ({ ...head, name: 'hand_over', note: 'Two people were muted' }),
  ];
  const last = done.at(-1 - chance.whole(0, 3));
  if (last && chance.chance(0.15)) return { ...head, room, name: 'undo', command: last };
  return chance.pick(offered)();
}

type Answers = Map<string, string | null>;

/** Sends a call's events again, under the same ids, until each is answered. */
async function tellOnce(
  call: ReturnType<typeof callAt>,
  room: string,
  chance: Random,
  answers: Answers,
): Promise<void> {
  const member = `guest-${room}-${answers.size}`;
  const more = chance.pick(['hand_raised', 'left', 'dropped']);
  const body = [joined(member), event(more, { member }), event('hand_lowered', { member })];
  const open = new Set(body.map(({ id }) => id as string));
  await eventually(
    async () => {
      const sent = body.filter(({ id }) => open.has(id as string));
      const answer = await call(`/rooms/${room}/events`, { body: sent }).catch(() => null);
      for (const result of answer?.status === 200 ? answer.body.results : []) {
        if (result.reason === 'unavailable' || result.reason === 'busy') continue;
        answers.set(result.id, result.ok ? null : result.reason);
        open.delete(result.id);
      }
      return open.size;
    },
    (left) => left === 0,
    PATIENCE,
  );
}

function sum<Item>(items: Iterable<Item>, of: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}

const size = (answers: ReadonlyMap<string, unknown>) => answers.size;
