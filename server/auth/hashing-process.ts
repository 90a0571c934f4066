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
   * @throws when the process can't be started, or ended twice during this
   */
  derive(method: string, password: string, salt: Buffer): Promise<Buffer>;
}

interface Pending {
  order: HashOrder;
  hasFailedOnce: boolean;
  resolve(key: Buffer): void;
  reject(error: Error): void;
}

const SCRIPT = fileURLToPath(new URL('hash-passwords.ts', import.meta.url));
const IDLE_MS = 60_000;

/**
 * A process that gives way to all others, so that hashing takes little time from acts: started by the first
 * hash, again when it ends while hashes are wanted, and ended after an idle minute. It ends with
 * this one, and doesn't keep this one from ending. Secrets go to it over its channel only.
 * @param script its program; for tests
 */
export function openHashingProcess(script = SCRIPT): HashingProcess {
  const pending = new Map<number, Pending>();
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;

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
      pending.delete(answer.id);
      if (answer.key !== undefined) asked?.resolve(Buffer.from(answer.key, 'base64'));
      else asked?.reject(new Error(answer.error));
      rest(started);
    });
    const lost = (error?: Error) => {
      if (child !== started) return;
      child = null;
      for (const [id, each] of pending) {
        if (each.hasFailedOnce) {
          pending.delete(id);
          each.reject(error ?? new Error('The hashing process ended'));
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

  function send({ order }: Pending): void {
    clearTimeout(idle);
    const asked = child ?? start();
    asked.ref();
    asked.channel?.ref();
    // What can't be sent to a process that is ending comes again when it has.
    asked.send(order, () => {});
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
