import type { Adapter } from 'socket.io-adapter';
import type { Log } from './deps.ts';

export interface RedisWire {
  adapter: (nsp: never) => Adapter;
  close(): Promise<void>;
}

/** How long a start waits for Redis; without it the cursor does what frames would. */
const START_MS = 5_000;
const STREAM = 'rostrum';
/** How long Redis keeps a frame, which names people; far longer than a reader may lag. */
const KEEP_MS = 60_000;
const TRIM_MS = 30_000;

/**
 * Connects Socket.IO's fan-out to Redis Streams. Loaded only when asked for; while Redis is away,
 * frames between processes are lost and the cursor heals them.
 * @param trimMs milliseconds between two trims of what is older than a minute; for tests
 */
export async function openRedis(url: string, log: Log, trimMs = TRIM_MS): Promise<RedisWire> {
  const [{ createClient }, { createAdapter }] = await Promise.all([
    import('redis'),
    import('@socket.io/redis-streams-adapter'),
  ]);
  const open = (offline: 'refuse' | 'wait') =>
    createClient({
      url,
      disableOfflineQueue: offline === 'refuse',
      socket: { reconnectStrategy: (tries) => Math.min(2_000, 50 * 2 ** tries) },
    });
  const client = open('refuse');
  client.on('error', (error: Error) => log.warn({ error }, 'redis failed'));
  const publish = client.publish.bind(client);
  Object.assign(client, {
    // The adapter reads in a loop: refused at once, it would spin.
    duplicate: () => open('wait'),
    // The adapter publishes without looking back: a rejection would end the process.
    publish: (...message: Parameters<typeof publish>) => publish(...message).catch(() => 0),
  });
  const connected = client.connect().catch((error: Error) => {
    log.warn({ error }, 'redis not reached');
  });
  await Promise.race([connected, new Promise((resolve) => setTimeout(resolve, START_MS))]);
  async function trim(): Promise<void> {
    // Entries carry the time of Redis, not ours.
    const [seconds] = (await client.sendCommand(['TIME'])) as unknown as [string, string];
    await client.xTrim(STREAM, 'MINID', Number(seconds) * 1_000 - KEEP_MS);
  }
  const trimming = setInterval(() => {
    // While Redis is away; the next one makes up for it.
    trim().catch((error) => log.warn({ error }, 'old frames were not trimmed'));
  }, trimMs).unref();
  return {
    adapter: createAdapter(client, { streamName: STREAM, channelPrefix: 'rostrum' }),
    async close() {
      clearInterval(trimming);
      client.destroy();
    },
  };
}
