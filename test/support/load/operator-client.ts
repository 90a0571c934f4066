import { expect } from 'vitest';
import type { RoomCommandInput } from '#app/domain/rooms/commands.ts';
import type { ActAnswer } from '#app/domain/rooms/protocol.ts';
import { openConsoleLine } from '#app/live/console-line.ts';
import { feedRoom } from '#app/live/room-feed.ts';
import { createRoomModel, type RoomModel } from '#app/live/room-model.ts';
import type { Timing } from '#app/live/timing.ts';
import type { Db } from '#db/client.ts';
import { writeCookie } from '#server/auth/cookie.ts';
import { redeemLink } from '#server/auth/links.ts';
import { addOperator } from '#server/auth/operators.ts';
import { eventually } from '#test/support/server.ts';

/** A console that sends a command again, under the same id, until it is answered. */
export interface OperatorClient {
  /** By command id, what was answered last: once accepted, always the same. */
  readonly answered: ReadonlyMap<string, ActAnswer>;
  act(command: RoomCommandInput): Promise<ActAnswer>;
  /** Watches a room as a screen does; the model follows it from then on. */
  watch(room: string): RoomModel;
  close(): void;
}

const ASK_AGAIN: ReadonlySet<string> = new Set(['busy', 'unavailable', 'rate_limited']);
const PATIENCE = 60_000;

const timing: Timing = {
  now: Date.now,
  random: Math.random,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  frame(run) {
    const next = setImmediate(run);
    return () => clearImmediate(next);
  },
};

/** Adds an operator and signs them in by their link. @returns the cookie of their session */
export async function signInOperator(db: Db, name: string): Promise<string> {
  const added = await addOperator(db, 'system', { name, roles: ['lead'], minutes: 5 });
  if (!added.ok) throw new Error(added.why);
  const redeemed = await redeemLink(db, added.token, { idleMinutes: 60, maxHours: 1 });
  return writeCookie(redeemed?.token ?? '', 60, false).split(';')[0] ?? '';
}

/** Opens a signed-in console over the browser's own connection code. */
export function openOperatorClient(url: string, cookie: string): OperatorClient {
  const { wire, close } = openConsoleLine(`${url}/console`, {
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { Cookie: cookie },
    reconnectionDelay: 50,
    reconnectionDelayMax: 300,
  });
  const stops: (() => void)[] = [];
  const answered = new Map<string, ActAnswer>();

  async function ask(command: RoomCommandInput): Promise<ActAnswer | null> {
    const answer = await wire.act(command).catch(() => null);
    return answer?.ok === false && ASK_AGAIN.has(answer.reason) ? null : answer;
  }

  return {
    answered,
    async act(command) {
      const heard = await eventually(
        () => ask(command),
        (answer) => answer !== null,
        PATIENCE,
      );
      const answer = heard as ActAnswer;
      const before = answered.get(command.id);
      answered.set(command.id, answer);
      if (before?.ok) expect(answer).toEqual({ ...before, repeated: true });
      return answer;
    },
    watch(room) {
      const model = createRoomModel();
      const ignore = () => {};
      stops.push(
        feedRoom({
          wire,
          room,
          model,
          timing,
          onChange: ignore,
          onConnection: ignore,
          onWatchers: ignore,
          onRefused: ignore,
        }),
      );
      return model;
    },
    close() {
      for (const stop of stops) stop();
      close();
    },
  };
}
