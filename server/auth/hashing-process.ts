import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What the hashing process is asked. */
export interface HashOrder {
  id: number;
  method: string;
  password: string;
  /** In base64, as the answer's key. */
  salt: string;
}

export interface HashAnswer {
  id: number;
  key?: string;
  error?: string;
}

/** Derives keys from passwords in a process of its own. */
export interface HashingProcess {
  /**
   * @param method a name in `METHODS`
   * @returns null when the process didn't answer in time, nor the one that was started in its place
   * @throws when the process can't be started, or ended twice during this
   */
  derive(method: string, password: string, salt: Buffer): Promise<Buffer | null>;
}

interface Pending {
  order: HashOrder;
  hasFailedOnce: boolean;
  /** Until it counts as lost. */
  patience?: NodeJS.Timeout;
  resolve(key: Buffer | null): void;
  reject(error: Error): void;
}

const SCRIPT = fileURLToPath(new URL('hash-passwords.ts', import.meta.url));
const IDLE_MS = 60_000;
/** A hash takes a tenth of a second, or some seconds where everything is busy. */
const ANSWER_MS = 10_000;

/** How a hashing process was lost: it didn't answer in time and was ended, or ended by itself. */
export type HashingLoss = 'silent' | 'ended';

export interface HashingOptions {
  /** Its program; for tests. */
  script?: string;
  /** Milliseconds after which a process that hasn't answered is ended and started anew. */
  answerMs?: number;
  /** Told of each that was lost. @param wanted how many hashes it owed then */
  lost?: (how: HashingLoss, wanted: number) => void;
}

/**
 * A process that gives way to all others, so that hashing takes little time from acts: started by the first
 * hash, again when it ends or doesn't answer while hashes are wanted, and ended after an idle minute. It
 * ends with this one, and doesn't keep this one from ending. Secrets go to it over its channel only.
 */
export function openHashingProcess({
  script = SCRIPT,
  answerMs = ANSWER_MS,
  lost: tellLost,
}: HashingOptions = {}): HashingProcess {
  const pending = new Map<number, Pending>();
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;
  /** Those that were ended for not answering. */
  const late = new WeakSet<ChildProcess>();

  function start(): ChildProcess {
    // Nothing of our own arguments or environment; a session of its own, for `giveWay`.
    const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
    const started = fork(script, {
      execArgv: [],
      env: { NODE_ENV: 'production' },
      detached: true,
      stdio: [...stdio],
    });
    started.on('message', (answer: HashAnswer) => {
      const asked = pending.get(answer.id);
      clearTimeout(asked?.patience);
      pending.delete(answer.id);
      if (answer.key !== undefined) asked?.resolve(Buffer.from(answer.key, 'base64'));
      else asked?.reject(new Error(answer.error));
      rest(started);
    });
    const lost = (error?: Error) => {
      if (child !== started) return;
      child = null;
      tellLost?.(late.has(started) ? 'silent' : 'ended', pending.size);
      for (const [id, each] of pending) {
        clearTimeout(each.patience);
        if (each.hasFailedOnce) {
          pending.delete(id);
          if (late.has(started)) each.resolve(null);
          else each.reject(error ?? new Error('The hashing process ended'));
        } else {
          each.hasFailedOnce = true;
          send(each);
        }
      }
    };
    started.once('error', lost);
    started.once('exit', () => lost());
    child = started;
    return started;
  }

  function send(wanted: Pending): void {
    clearTimeout(idle);
    const asked = child ?? start();
    asked.ref();
    asked.channel?.ref();
    // What can't be sent to a process that is ending comes again when it has.
    asked.send(wanted.order, () => {});
    wanted.patience = setTimeout(() => {
      late.add(asked);
      // Also one that was stopped: nothing else ends it.
      asked.kill('SIGKILL');
    }, answerMs);
  }

  function rest(asked: ChildProcess): void {
    if (pending.size > 0) return;
    asked.unref();
    asked.channel?.unref();
    idle = setTimeout(() => {
      if (child === asked) child = null;
      asked.disconnect();
    }, IDLE_MS).unref();
  }

  return {
    derive(method, password, salt) {
      return new Promise((resolve, reject) => {
        const id = ++lastId;
        const order = { id, method, password, salt: salt.toString('base64') };
        const asked = { order, hasFailedOnce: false, resolve, reject };
        pending.set(id, asked);
        send(asked);
      });
    },
  };
}
