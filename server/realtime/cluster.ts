import type { Server } from 'socket.io';

/** Longer than the adapter's own limit: this one is for a Redis that says nothing at all. */
const ASK_MS = 6_000;

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
  // Past `nsp.serverSideEmit`, which drops the adapter's promise: a rejection would end the process.
  const emit = async (packet: unknown[]) => nsp.adapter.serverSideEmit(packet);
  return {
    alone,
    tell(event, ...args) {
      if (!alone) emit([event, ...args]).catch(() => {});
    },
    async ask<Answer>(event: string, ...args: unknown[]) {
      if (alone) return [];
      return new Promise<Answer[]>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('Peers did not answer')), ASK_MS);
        const answered = (error: Error | null, answers: Answer[]) => {
          clearTimeout(late);
          if (error) reject(error);
          else resolve(answers);
        };
        emit([event, ...args, answered]).catch((error: Error) => answered(error, []));
      });
    },
    answer(event, handler) {
      if (alone) return;
      nsp.on(event, (...args: unknown[]) => {
        const last = args.at(-1);
        const reply = typeof last === 'function' ? (last as (answer: unknown) => void) : null;
        const given = (reply ? args.slice(0, -1) : args) as never;
        // Whoever asked hears nothing, and gives up in time.
        const run = async () => handler(...(given as Parameters<typeof handler>));
        run().then(
          (answer) => reply?.(answer),
          () => {},
        );
      });
    },
  };
}
