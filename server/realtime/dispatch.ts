import type { Socket } from 'socket.io';
import type { z } from 'zod';
import { issuesOf } from '#app/domain/issues.ts';
import { type Refusal, refuse } from '#app/domain/rooms/reasons.ts';
import { BAD_PACKET, type Bucket, charge, type Rate, takeToll } from './rate.ts';

/** One event a client may send. */
export interface Handler<Session> {
  /** Absent: the event carries nothing. */
  input?: z.ZodType;
  /** Tokens; default 1. */
  cost?: number;
  /** What it returns is the acknowledgement; undefined for events that have none. */
  run(socket: Sender<Session>, input: never): unknown;
}

/** As much of a socket as handlers use; typed maps of both namespaces fit. */
// biome-ignore lint/suspicious/noExplicitAny: each namespace has event maps of its own
export type Sender<Session> = Socket<any, any, any, Session>;

export interface DispatchOptions<Session> {
  handlers: Readonly<Record<string, Handler<Session>>>;
  rate: Rate;
  /** Told of each refusal of a packet as such. */
  refused(reason: Refusal): void;
  /** Told of what handlers throw; never of what clients sent. */
  failed(event: string, error: unknown): void;
}

/**
 * One function for every event of every socket of a namespace: limits, validates, runs,
 * acknowledges. Nothing that a client sends makes it throw, and a missing acknowledgement is fine.
 * @returns a listener for `onAny`
 */
export function makeDispatcher<Session extends Bucket>(options: DispatchOptions<Session>) {
  const handlers = new Map(Object.entries(options.handlers));

  async function answer(
    socket: Sender<Session>,
    event: string,
    handler: Handler<Session>,
    input: unknown,
    ack: ((answer: unknown) => void) | null,
  ): Promise<void> {
    let result: unknown;
    try {
      result = await handler.run(socket, input as never);
    } catch (error) {
      options.failed(event, error);
      result = refuse('unavailable', { retryAfter: 1_000 });
    }
    if (result !== undefined) ack?.(result);
  }

  function refusePacket(
    socket: Sender<Session>,
    ack: ((answer: unknown) => void) | null,
    problem: { path: string; message: string }[],
  ): void {
    charge(socket.data, BAD_PACKET);
    options.refused('invalid');
    ack?.(refuse('invalid', { issues: problem }));
  }

  // Shared by all sockets: `this` is the socket.
  return function receive(this: Sender<Session>, ...args: unknown[]): void {
    if (!this.connected) return;
    const event = args[0];
    const last = args.at(-1);
    const ack =
      args.length > 1 && typeof last === 'function' ? (last as (a: unknown) => void) : null;
    const handler = typeof event === 'string' ? handlers.get(event) : undefined;
    const toll = takeToll(this.data, options.rate, handler?.cost ?? 1, Date.now());
    if (toll !== 'pass') {
      options.refused('rate_limited');
      if (toll === 'closed') this.disconnect(true);
      else ack?.(refuse('rate_limited', { retryAfter: 1_000 }));
      return;
    }
    if (handler === undefined) {
      refusePacket(this, ack, [{ path: 'event', message: 'unknown' }]);
      return;
    }
    const count = args.length - 1 - (ack ? 1 : 0);
    if (count !== (handler.input ? 1 : 0)) {
      refusePacket(this, ack, [
        { path: '', message: `takes ${handler.input ? 'one' : 'no'} payload` },
      ]);
      return;
    }
    const parsed = handler.input?.safeParse(args[1]);
    if (parsed && !parsed.success) refusePacket(this, ack, issuesOf(parsed.error));
    else void answer(this, event as string, handler, parsed?.data, ack);
  };
}
