import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { bringEveryone, type Everyone } from '#test/support/everyone.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joined, opened, useRostrum } from '#test/support/rostrum.ts';

export const SECRETS = {
  events: 'e'.repeat(40),
  admissions: 'd'.repeat(40),
  rooms: 'r'.repeat(40),
};
export const ALL = 'a'.repeat(40);
export const METRICS = 'm'.repeat(40);
/** Id of a mute in the room `tea`. */
export const UNDOABLE = randomUUID();

/** The whole server with a key for each scope, two rooms, and everyone who may knock. */
export function useWire() {
  const base = useDatabase();
  const server = useRostrum(base, {
    SIGN_INS_PER_MINUTE: '100000',
    METRICS_TOKEN: METRICS,
    PLATFORM_KEYS: [
      `all:${ALL}:events+admissions+rooms`,
      ...Object.entries(SECRETS).map(([scope, secret]) => `${scope}:${secret}:${scope}`),
    ].join(','),
  });
  const everyone = {} as Everyone;
  const sockets: { disconnect(): unknown }[] = [];
  afterAll(() => {
    for (const socket of sockets) socket.disconnect();
  });

  beforeAll(async () => {
    for (const room of ['tea', 'walk']) {
      const body = [
        opened(),
        joined(`${room}-host`, { role: 'host' }),
        joined(`${room}-bo`, { role: 'speaker' }),
      ];
      await server.call(`/rooms/${room}/events`, { body, secret: ALL });
    }
    const brought = await bringEveryone(base, ALL, {
      host: { member: 'tea-host', room: 'tea' },
      stranger: { member: 'walk-host', room: 'walk' },
    });
    Object.assign(everyone, brought);
    const mute = {
      id: UNDOABLE,
      name: 'mute',
      room: 'tea',
      member: 'tea-bo',
      reason: 'Shouting',
    };
    await server.app.act({ kind: 'member', id: 'tea-host', room: 'tea' }, mute);
  });

  return { base, server, everyone, sockets };
}
