import type { Log } from './log.ts';

/** Longer than this, in milliseconds, and something hangs. */
const LONGEST_STOP = 9_500;

/**
 * Ends the process in order on SIGINT and SIGTERM, at once on a second one; a bug nobody caught is
 * logged and ends it with 1, since what it left behind can't be trusted.
 */
export function endWithSignals(running: { stop(): Promise<void> }, log: Log): void {
  let ending = false;
  const end = (code: number) => {
    ending = true;
    setTimeout(() => {
      log.error('stopping took too long');
      exitFlushed(log, 1);
    }, LONGEST_STOP).unref();
    running.stop().then(
      () => exitFlushed(log, code),
      (error) => {
        log.error({ error }, 'stopping failed');
        exitFlushed(log, 1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (ending) exitFlushed(log, 130);
      log.info({ signal }, 'stopping');
      end(0);
    });
  }
  for (const kind of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(kind, (error: unknown) => {
      log.fatal({ error }, kind);
      exitFlushed(log, 1);
    });
  }
}

function exitFlushed(log: Log, code: number): never {
  log.flush();
  process.exit(code);
}

/** Why the process can't start, for people. */
export function describeFailure(error: unknown): string {
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') return `Rostrum can't start: port ${port} is taken. Set PORT.`;
  return `Rostrum can't start: ${error instanceof Error ? error.message : String(error)}`;
}
