import type { Sql } from '#db/client.ts';
import type { Log } from '#server/log.ts';
import { type PublishStep, publishFiles } from './publish.ts';

export interface Publisher {
  /** Publishes in a moment: there is a new checkpoint. */
  poke(): void;
  /** Publishes what is left, and ends. */
  stop(): Promise<void>;
}

export interface PublisherOptions {
  sql: Sql;
  folder: string;
  log: Pick<Log, 'error'>;
  /** Milliseconds between two runs at least. Default 1,000. */
  everyMs?: number;
  step?: ((step: PublishStep) => unknown) | undefined;
}

/** After a failure the folder is left alone a little, in milliseconds. */
const AFTER_FAILURE = 10_000;

/** Publishes to a folder, one run at a time; what failed is tried again with the next. */
export function openPublisher(options: PublisherOptions): Publisher {
  const { sql, folder, log, everyMs = 1_000, step } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let failing = false;
  let ended = false;

  async function publish(): Promise<void> {
    try {
      await publishFiles(sql, folder, step);
      failing = false;
    } catch (error) {
      if (!failing) log.error({ error }, 'the audit log was not published');
      failing = true;
      poke(AFTER_FAILURE);
    }
  }

  function poke(afterMs = everyMs): void {
    if (!ended) timer ??= setTimeout(start, afterMs);
  }

  function start(): void {
    timer = undefined;
    running = running.then(publish);
  }

  return {
    poke,
    async stop() {
      ended = true;
      clearTimeout(timer);
      await running;
      await publish();
    },
  };
}
