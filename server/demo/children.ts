import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Child {
  pid(): number | undefined;
  /** SIGTERM now, SIGKILL at `patience` milliseconds; resolves when it is gone. */
  stop(patience: number): Promise<void>;
}

export interface ChildOptions {
  args: string[];
  env: NodeJS.ProcessEnv;
  stdio: SpawnOptions['stdio'];
  /** Each start, the first included. */
  started(child: ChildProcess): void;
  /** It ended by itself and will be started again. */
  lost(how: string): void;
  /** It ended too soon too often. */
  hopeless(): void;
}

/** Ends sooner than this many milliseconds don't count as having run. */
const TOO_SOON = 5_000;
const TRIES = 3;

/** Runs Node on a script, and again whenever it ends, until it is stopped. */
export function keepRunning(options: ChildOptions): Child {
  let child: ChildProcess | undefined;
  let stopping = false;
  let failures = 0;

  async function start(): Promise<void> {
    while (!stopping) {
      const begun = Date.now();
      // In a group of its own: Ctrl-C reaches the demo alone, which then ends all in order.
      child = spawn(process.execPath, options.args, {
        env: options.env,
        stdio: options.stdio,
        detached: true,
      });
      options.started(child);
      const [code, signal] = await once(child, 'exit');
      if (stopping) return;
      failures = Date.now() - begun < TOO_SOON ? failures + 1 : 0;
      if (failures === TRIES) return options.hopeless();
      options.lost(signal ?? `code ${code}`);
      await sleep(1_000);
    }
  }

  void start();
  return {
    pid: () => child?.pid,
    async stop(patience) {
      stopping = true;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child?.kill('SIGKILL'), patience);
      await gone;
      clearTimeout(late);
    },
  };
}
