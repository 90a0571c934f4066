import type { Adapter } from 'socket.io-adapter';
import type { Log } from './deps.ts';

export interface RedisWire {
  adapter: (nsp: never) => Adapter;
  close(): Promise<void>;
}

/**
 * Connects Socket.IO's fan-out to Redis Streams. Loaded only when asked for; when Redis fails,
 * frames between processes are lost and the cursor heals them.
 */
export async function openRedis(url: string, log: Log): Promise<RedisWire> {
  const [{ createClient }, { createAdapter }] = await Promise.all([
    import('redis'),
    import('@socket.io/redis-streams-adapter'),
  ]);
  const client = createClient({ url });
  client.on('error', (error: Error) => log.warn({ error: error.message }, 'redis failed'));
  await client.connect();
  return {
    adapter: createAdapter(client, { streamName: 'rostrum', channelPrefix: 'rostrum' }),
    async close() {
      if (client.isOpen) await client.close();
    },
  };
}
