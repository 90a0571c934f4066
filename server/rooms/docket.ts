import type { ActAnswer } from '#app/domain/rooms/protocol.ts';
import { refuse } from '#app/domain/rooms/reasons.ts';
import type { Db } from '#db/client.ts';
import type { Actor } from './actor.ts';
import type { RoomChange } from './draft.ts';
import { type ExecutedAll, executeAll, type Limits, parseAsk } from './execute.ts';
import type { Foresight } from './foresight.ts';
import { canShare } from './sharing.ts';
import type { Ask } from './situation.ts';

export interface DocketOptions {
  limits?: Limits | undefined;
  /** Most transactions at once. */
  lanes: number;
  /** Most commands of one transaction. */
  batchSize: number;
  /** Most commands waiting; above it, `busy`. */
  backlog: number;
  /** Whoever comes alone is worked out on it. */
  foresight?: Foresight;
  /** Called after each commit. */
  committed: (change: RoomChange) => void;
}

export interface Docket {
  /** Carries out a command; rejects when the database failed. */
  act(actor: Actor, input: unknown): Promise<ActAnswer>;
}

interface Waiting {
  ask: Ask;
  resolve: (answer: ActAnswer) => void;
  reject: (error: unknown) => void;
}

/**
 * Commands on their way to `executeAll`. A command goes at once while a lane is free; those that
 * must wait go together, so that a rush costs fewer transactions instead of a longer queue. A room
 * is in one lane at a time, and so is a command id.
 */
export function openDocket(db: Db, options: DocketOptions): Docket {
  const waiting: Waiting[] = [];
  const busy = new Set<string>();
  let lanes = options.lanes;

  function keysOf({ command }: Ask): string[] {
    return [`room ${command.room}`, `id ${command.id}`];
  }

  /** Takes from the queue what may go together now; the order within a room is kept. */
  function take(): Waiting[] {
    const batch: Waiting[] = [];
    const mine = new Set<string>();
    const closed = new Set<string>(busy);
    for (let i = 0; i < waiting.length && batch.length < options.batchSize; ) {
      const one = waiting[i] as Waiting;
      const [room, id] = keysOf(one.ask) as [string, string];
      const shares = canShare(one.ask.command);
      if (closed.has(room) || closed.has(id) || mine.has(id) || (!shares && mine.has(room))) {
        closed.add(room);
        i++;
        continue;
      }
      if (!shares) closed.add(room);
      mine.add(room).add(id);
      batch.push(one);
      waiting.splice(i, 1);
    }
    return batch;
  }

  function pump(): void {
    while (lanes > 0 && waiting.length > 0) {
      const batch = take();
      if (batch.length === 0) return;
      const keys = batch.flatMap(({ ask }) => keysOf(ask));
      for (const key of keys) busy.add(key);
      lanes--;
      void carry(batch).finally(() => {
        for (const key of keys) busy.delete(key);
        lanes++;
        pump();
      });
    }
  }

  async function carry(batch: readonly Waiting[]): Promise<void> {
    try {
      answer(
        batch,
        await executeAll(
          db,
          batch.map(({ ask }) => ask),
          options.limits,
          options.foresight,
        ),
      );
    } catch (error) {
      if (batch.length === 1) return batch[0]?.reject(error);
      // One of them, or the company, was the trouble: each again by itself.
      for (const one of batch) await carry([one]);
    }
  }

  function answer(batch: readonly Waiting[], { answers, changes }: ExecutedAll): void {
    for (const change of changes) options.committed(change);
    for (const [i, { resolve }] of batch.entries()) resolve(answers[i] as ActAnswer);
  }

  return {
    act(actor, input) {
      const parsed = parseAsk(actor, input);
      if (!parsed.ok) return Promise.resolve(parsed);
      if (waiting.length >= options.backlog) {
        return Promise.resolve(refuse('busy', { retryAfter: 1_000 }));
      }
      return new Promise((resolve, reject) => {
        waiting.push({ ask: parsed.ask, resolve, reject });
        pump();
      });
    },
  };
}
