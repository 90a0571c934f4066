import type { RoomCommandInput } from '#app/domain/rooms/commands.ts';
import type { ActAnswer, Watcher } from '#app/domain/rooms/protocol.ts';
import { type Refusal, refuse } from '#app/domain/rooms/reasons.ts';
import type { RoomAside } from '#app/domain/rooms/snapshot.ts';
import type { Connection } from './freshness.ts';
import { feedRoom } from './room-feed.ts';
import { type Aspect, createRoomModel, type RoomModel } from './room-model.ts';
import { backoff, type Timing } from './timing.ts';
import { createTopics } from './topics.ts';
import type { Wire } from './wire.ts';

export type RoomTopic = Aspect | 'connection' | 'watchers' | 'aside' | 'access';

/** Everything one room screen reads, and its way to act. */
export interface RoomStore {
  readonly model: RoomModel;
  readonly connection: Connection;
  readonly watchers: readonly Watcher[];
  /** Null until it was first answered. */
  readonly aside: RoomAside | null;
  /** Why there is nothing to see; null while the right to watch lasts. */
  readonly refusal: Refusal | null;
  version(topic: RoomTopic): number;
  subscribe(topic: RoomTopic, listener: () => void): () => void;
  /** Sends a command. While the screen isn't live it is refused here, with `stale`. */
  act(command: RoomCommandInput): Promise<ActAnswer>;
  /** Begins to watch. @returns a function that ends it. */
  open(wire: Wire): () => void;
}

export interface RoomStoreOptions {
  room: string;
  timing: Timing;
  /** The second way for a command, when the socket gives no answer; the same id makes it safe. */
  post: (command: RoomCommandInput) => Promise<ActAnswer>;
}

const ALL: readonly Aspect[] = ['head', 'stage', 'hands', 'roster', 'people', 'floor', 'incidents'];
const ASIDE_GATHERS_FOR = 150;
/** Everyone who watches is told at the same moment; whoever acted wants to see it first. */
const ASIDE_SPREADS_OVER = 300;

/** Builds the store of one room; nothing happens before `open`. */
export function createRoomStore({ room, timing, post }: RoomStoreOptions): RoomStore {
  const model = createRoomModel();
  const topics = createTopics<RoomTopic>(timing);
  let line: Wire | null = null;
  let acted = false;
  let connection: Connection = { state: 'connecting' };
  let watchers: readonly Watcher[] = [];
  let aside: RoomAside | null = null;
  let refusal: Refusal | null = null;

  const forget = (reason: Refusal) => {
    aside = null;
    watchers = [];
    refusal = reason;
    topics.change(['access', 'aside', 'watchers']);
  };
  return {
    model,
    get connection() {
      return connection;
    },
    get watchers() {
      return watchers;
    },
    get aside() {
      return aside;
    },
    get refusal() {
      return refusal;
    },
    version: topics.version,
    subscribe: topics.subscribe,
    async act(command) {
      if (connection.state !== 'live' || line === null) return refuse('stale');
      acted = true;
      try {
        return await line.act(command);
      } catch {
        return post(command).catch(() => refuse('unavailable'));
      }
    },
    open(wire) {
      line = wire;
      connection = { state: 'connecting' };
      refusal = null;
      const spread = () => (acted ? 0 : timing.random() * ASIDE_SPREADS_OVER);
      const fetching = keepAside(wire, room, timing, spread, (next) => {
        acted = false;
        aside = next;
        topics.change(['aside']);
      });
      const stopFeed = feedRoom({
        wire,
        room,
        model,
        timing,
        onChange: (changed) => topics.change(changed ?? ALL),
        onConnection(next) {
          if (next.state === 'live' && connection.state !== 'live') fetching.ask();
          connection = next;
          topics.change(['connection']);
        },
        onWatchers(next) {
          watchers = next;
          topics.change(['watchers']);
        },
        onRefused(reason) {
          fetching.stop();
          forget(reason);
        },
      });
      return () => {
        stopFeed();
        fetching.stop();
        topics.stop();
        line = null;
      };
    },
  };
}

/** Fetches what depends on the viewer, again after each change, one question at a time. */
function keepAside(
  wire: Wire,
  room: string,
  timing: Timing,
  spread: () => number,
  take: (aside: RoomAside) => void,
): { ask: () => void; stop: () => void } {
  let cancel: (() => void) | null = null;
  let asking = false;
  let again = false;
  let failures = 0;
  let stopped = false;

  const fetch = async () => {
    cancel = null;
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    again = false;
    const answer = await wire.aside(room).catch(() => null);
    asking = false;
    if (stopped) return;
    if (answer?.ok) {
      failures = 0;
      take(answer.aside);
    } else if (wire.isConnected() && failures < 8) {
      schedule(backoff(failures++, timing));
    }
    if (again) schedule(ASIDE_GATHERS_FOR);
  };
  const schedule = (ms: number) => {
    if (!stopped) cancel ??= timing.after(ms, fetch);
  };
  const off = wire.on('room:aside_changed', (of) => {
    if (of === room) schedule(ASIDE_GATHERS_FOR + spread());
  });
  return {
    ask: () => schedule(0),
    stop() {
      stopped = true;
      cancel?.();
      off();
    },
  };
}
