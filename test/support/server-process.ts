import { once } from 'node:events';
import { createServer } from 'node:net';
import { startProgram } from '#test/support/run-process.ts';

export interface ServerProcess {
  url: string;
  /** Ends it as a crash would, with nothing said to anyone. */
  kill(): Promise<void>;
  /** What it logged as an error or worse, so far. */
  errors: Record<string, unknown>[];
  /** Whether it is still there. */
  lives(): boolean;
}

/** Starts the real server as a process of its own. @throws when it ends before it listens */
export async function startServerProcess(
  environment: Record<string, string>,
): Promise<ServerProcess> {
  const child = startProgram('server/index.ts', [], { ...environment, LOG_LEVEL: 'info' });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const errors: Record<string, unknown>[] = [];
  let complaint = '';
  child.stderr?.on('data', (chunk) => {
    complaint += chunk;
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      const whole = text.split('\n');
      text = whole.pop() ?? '';
      for (const line of whole) {
        const entry = JSON.parse(line);
        if (entry.level === 'error' || entry.level === 'fatal') errors.push(entry);
        if (entry.msg === 'listening') resolve(entry.url);
      }
    });
    void ended.then((code) => reject(new Error(`It ended with ${code}: ${complaint}`)));
  });
  return {
    url,
    errors,
    lives: () => child.exitCode === null && child.signalCode === null,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * A free port that a server can come back to: below those given to outgoing connections, since a
 * client that looks for an absent server could otherwise meet itself there.
 */
export async function keepablePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
