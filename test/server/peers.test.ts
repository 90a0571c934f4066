import { EventEmitter } from 'node:events';
import type { Server } from 'socket.io';
import { expect, it } from 'vitest';
import { openPeers } from '#server/realtime/cluster.ts';

it('a listener that throws at once harms neither who told it nor the answers after it', async () => {
  const nsp = new EventEmitter();
  const peers = openPeers({ of: () => nsp } as unknown as Server, false);
  peers.answer('broken', () => {
    throw new Error('broken');
  });
  peers.answer('sound', (word: string) => `${word}!`);

  expect(() => nsp.emit('broken')).not.toThrow();
  expect(await new Promise((resolve) => nsp.emit('sound', 'here', resolve))).toBe('here!');
});
