import { refuse } from '#app/domain/rooms/reasons.ts';
import type {
  ActingAnswer,
  AsideAnswer,
  CatchUpAnswer,
  WatchAnswer,
  Wire,
  WireEvents,
} from '#app/live/wire.ts';

/** A wire whose far end is the test. Unanswered questions reject. */
export interface FakeWire extends Wire {
  connect(): void;
  disconnect(): void;
  tell<E extends keyof WireEvents>(event: E, ...args: Parameters<WireEvents[E]>): void;
  asked: string[];
  onWatch: (since: number | null) => WatchAnswer | Promise<WatchAnswer>;
  onCatchUp: (since: number) => CatchUpAnswer | Promise<CatchUpAnswer>;
  onAside: () => AsideAnswer | Promise<AsideAnswer>;
  onAct: (command: unknown) => ActingAnswer | Promise<ActingAnswer>;
}

/** A wire that isn't connected yet. */
export function fakeWire(): FakeWire {
  const listeners = new Map<string, Set<(...args: never[]) => void>>();
  let connected = false;
  const tell: FakeWire['tell'] = (event, ...args) => {
    for (const listener of listeners.get(event) ?? []) listener(...(args as never[]));
  };
  const wire: FakeWire = {
    asked: [],
    onWatch: () => Promise.reject(new Error('no answer')),
    onCatchUp: () => Promise.reject(new Error('no answer')),
    onAside: () => refuse('unavailable'),
    onAct: () => Promise.reject(new Error('no answer')),
    tell,
    connect() {
      connected = true;
      tell('connected');
    },
    disconnect() {
      connected = false;
      tell('disconnected');
    },
    isConnected: () => connected,
    watchRooms: async () => refuse('unavailable'),
    unwatchRooms: () => {},
    unwatch: () => void wire.asked.push('unwatch'),
    async watch(_room, since) {
      wire.asked.push(`watch ${since}`);
      return wire.onWatch(since);
    },
    async catchUp(_room, since) {
      wire.asked.push(`catch_up ${since}`);
      return wire.onCatchUp(since);
    },
    aside: async () => wire.onAside(),
    async act(command) {
      wire.asked.push('act');
      return wire.onAct(command);
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => void set.delete(listener);
    },
  };
  return wire;
}
