import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ClientsOrder, Heard, Joined } from './clients.ts';
import { askProcess } from './process.ts';

/** A process of clients. */
export interface Clients {
  joinMembers(url: string, tokens: string[], atOnce: number): Promise<Joined>;
  watch(url: string, count: number, cookie: string, room: string | null): Promise<number>;
  /** What its consoles have heard since it was last asked. */
  heard(): Promise<Heard>;
  close(): void;
}

/** Starts a process for clients. */
export function openClients(): Clients {
  const child = fork(fileURLToPath(new URL('clients.ts', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ask = <Answer>(order: ClientsOrder) => askProcess<Answer>(child, order);
  return {
    joinMembers: (url, tokens, atOnce) => ask({ kind: 'members', url, tokens, atOnce }),
    watch: (url, count, cookie, room) => ask({ kind: 'consoles', url, count, cookie, room }),
    heard: () => ask({ kind: 'heard' }),
    close: () => void child.kill('SIGKILL'),
  };
}
