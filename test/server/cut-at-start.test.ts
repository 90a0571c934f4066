import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDb } from '#db/client.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();

/** A database that lets everybody in and goes away at their first word. */
async function openFickle(): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      const authenticated = Buffer.from([82, 0, 0, 0, 8, 0, 0, 0, 0]);
      const ready = Buffer.from([90, 0, 0, 0, 5, 73]);
      socket.write(Buffer.concat([authenticated, ready]));
      socket.once('data', () => socket.destroy());
    });
  });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `postgres://rostrum_app:x@127.0.0.1:${port}/rostrum`;
}

describe('a connection that is cut at its first statement', () => {
  it('rejects the statement, and nothing that nobody waits for', async () => {
    const unheard: unknown[] = [];
    const hear = (error: unknown) => void unheard.push(error);
    process.on('unhandledRejection', hear);
    onTestFinished(() => void process.off('unhandledRejection', hear));
    const db = openDb({ url: await openFickle(), max: 1 });
    await expect(db.sql`select 1`).rejects.toThrow();
    const doing = db.transact(async (tx) => ({ value: 1, writes: tx`select 1`.execute() }));
    await expect(doing).rejects.toThrow();
    // Waits five seconds for what was cut.
    void db.close();
    await new Promise(setImmediate);
    expect(unheard).toEqual([]);
  });
});

describe('arrays', () => {
  it('are written and read as they are', async () => {
    const words = ['', ' ', 'a,b', '"', '\\', 'null', 'NULL', '{}', 'ئۇ\n', "it's", '"},{"'];
    for (const sql of [base.db.sql, null]) {
      const ask = async (tx: typeof base.db.sql) => {
        const [row] = await tx`
          select ${words}::text[] as words, ${[]}::text[] as none, ${[1, -2]}::int8[] as large,
            ${[3]}::int4[] as whole, array[true, false] as flags,
            ${['019a0000-0000-7000-8000-000000000000']}::uuid[] as ids,
            array[null, 'x']::text[] as some, array['\\x00ff'::bytea] as bytes,
            array['{"a":[1,"}"]}'::jsonb] as objects,
            array['2026-01-01T00:00:00Z'::timestamptz] as times`;
        return row;
      };
      const row = sql ? await ask(sql) : await base.db.begin((tx) => ask(tx as never));
      expect(row).toEqual({
        words,
        none: [],
        large: [1, -2],
        whole: [3],
        flags: [true, false],
        ids: ['019a0000-0000-7000-8000-000000000000'],
        some: [null, 'x'],
        bytes: [Buffer.from([0, 255])],
        objects: [{ a: [1, '}'] }],
        times: [new Date('2026-01-01T00:00:00Z')],
      });
    }
  });
});
