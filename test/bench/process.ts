import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/** A process of a bench, whose memory and processor time can be read from outside. */
export interface BenchProcess {
  pid: number;
  /** Processor time used so far, all threads, in milliseconds (resolution 10 ms). */
  processorMs(): number;
  /** Bytes that its JavaScript heap and its buffers hold after a full collection. */
  heldBytes(): Promise<number>;
  /** What it complained of if it has ended by itself; null while it runs. */
  failure(): string | null;
  /** Sends a message to the script. */
  send(message: object): void;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** Path from this folder. */
  script: string;
  args?: string[];
  env?: NodeJS.ProcessEnv;
}

/** Starts a Node process with a debugger on loopback, which is how its memory is read. */
export async function startProcess(options: StartOptions): Promise<BenchProcess> {
  const port = await freePort();
  const child = fork(fileURLToPath(new URL(options.script, import.meta.url)), options.args ?? [], {
    env: options.env ?? process.env,
    execArgv: [`--inspect=127.0.0.1:${port}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const complaints: Buffer[] = [];
  child.stderr?.on('data', (data: Buffer) => complaints.push(data));
  process.once('exit', () => child.kill('SIGKILL'));
  const failure = () =>
    child.exitCode === null ? null : `${options.script}: ${Buffer.concat(complaints)}`;
  return {
    pid: child.pid as number,
    processorMs: () => processorMs(child.pid as number),
    heldBytes: () => heldBytes(port),
    failure,
    send: (message) => void child.send(message),
    async stop() {
      const failed = failure();
      if (failed !== null) throw new Error(`It had ended by itself: ${failed}`);
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 9_900);
      await gone;
      clearTimeout(late);
    },
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

// Fields 14 and 15 of proc(5)'s stat: user and system time in ticks of 10 ms.
function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function heldBytes(port: number): Promise<number> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket((target as { webSocketDebuggerUrl: string }).webSocketDebuggerUrl);
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const call = (id: number, method: string, params = {}) =>
    new Promise<{ result: { value: number } }>((resolve) => {
      const listen = ({ data }: MessageEvent) => {
        const answer = JSON.parse(String(data));
        if (answer.id !== id) return;
        socket.removeEventListener('message', listen);
        resolve(answer.result);
      };
      socket.addEventListener('message', listen);
      socket.send(JSON.stringify({ id, method, params }));
    });
  await call(1, 'HeapProfiler.enable');
  await call(2, 'HeapProfiler.collectGarbage');
  const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';
  const { result } = await call(3, 'Runtime.evaluate', { expression });
  socket.close();
  return result.value;
}

/** Sends a message to a forked process and waits for its next one; rejects when it ends instead. */
export function askProcess<Answer>(child: ChildProcess, message: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('A bench process ended early'));
    child.once('exit', ended);
    child.once('message', (answer: Answer) => {
      child.off('exit', ended);
      resolve(answer);
    });
    child.send(message);
  });
}
