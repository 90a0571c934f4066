import type { Server } from 'socket.io';

/** The other processes that serve the same sockets; nobody when this one is alone. */
export interface Peers {
  alone: boolean;
  /** Tells the others, as far as they can be reached: what must arrive is asked, not told. */
  tell(event: string, ...args: unknown[]): void;
  /**
   * Asks each of the others and waits for all answers.
   * @throws when one doesn't answer within 5 s
   */
  ask<Answer>(event: string, ...args: unknown[]): Promise<Answer[]>;
  /** Answers what others tell or ask. */
  answer<Args extends unknown[]>(event: string, handler: (...args: Args) => unknown): void;
}

/** Peers over Socket.IO's adapter; in one process it does nothing. */
export function openPeers(io: Server, alone: boolean): Peers {
  const nsp = io.of('/');
  return {
    alone,
    tell(event, ...args) {
      if (!alone) nsp.serverSideEmit(event, ...args);
    },
    async ask(event, ...args) {
      return alone ? [] : nsp.serverSideEmitWithAck(event, ...args);
    },
    answer(event, handler) {
      if (alone) return;
      nsp.on(event, (...args: unknown[]) => {
        const last = args.at(-1);
        const reply = typeof last === 'function' ? (last as (answer: unknown) => void) : null;
        const given = (reply ? args.slice(0, -1) : args) as never;
        void Promise.resolve(handler(...(given as Parameters<typeof handler>))).then(
          (answer) => reply?.(answer),
          () => {},
        );
      });
    },
  };
}
