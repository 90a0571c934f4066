import type { ConsoleToServer, ServerToConsole } from '#app/domain/rooms/protocol.ts';

type Tail<F> = F extends (...args: [...infer _, infer Ack]) => void ? Ack : never;
type AnswerTo<E extends keyof ConsoleToServer> =
  Tail<ConsoleToServer[E]> extends (answer: infer Answer) => void ? Answer : never;

export type WatchAnswer = AnswerTo<'room:watch'>;
export type CatchUpAnswer = AnswerTo<'room:catch_up'>;
export type AsideAnswer = AnswerTo<'room:aside'>;
export type RoomsAnswer = AnswerTo<'rooms:watch'>;
export type ActingAnswer = AnswerTo<'room:act'>;

/** What a wire tells: the server's events, and its own coming and going. */
export interface WireEvents extends ServerToConsole {
  connected: () => void;
  disconnected: () => void;
  /** The server won't have this session; the wire doesn't try again. */
  refused: () => void;
}

/**
 * The console's line to the server, as far as the screens know it: a socket in the browser, a
 * stand-in in tests. Questions reject when no answer comes in time; refusals are answers.
 */
export interface Wire {
  isConnected(): boolean;
  watchRooms(): Promise<RoomsAnswer>;
  unwatchRooms(): void;
  watch(room: string, since: number | null): Promise<WatchAnswer>;
  unwatch(room: string): void;
  catchUp(room: string, since: number): Promise<CatchUpAnswer>;
  aside(room: string): Promise<AsideAnswer>;
  act(command: unknown): Promise<ActingAnswer>;
  /** Calls back on an event. @returns a function that stops it. */
  on<E extends keyof WireEvents>(event: E, listener: WireEvents[E]): () => void;
}
