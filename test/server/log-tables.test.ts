import postgres from 'postgres';
import { beforeAll, expect, it } from 'vitest';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { appendMany, sequencerOptions } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();
const denied = '42501';
let app: postgres.Sql;
let sequencer: postgres.Sql;

beforeAll(() => {
  app = postgres(base.appUrl, { max: 1, onnotice: () => {} });
  sequencer = postgres(base.sequencerUrl, { max: 1, onnotice: () => {} });
  return () => Promise.all([app.end(), sequencer.end()]);
});

const contents = () =>
  Promise.all(
    ['leaf', 'tile', 'checkpoint', 'log_key'].map((table) =>
      app.unsafe(`select * from audit.${table}`),
    ),
  );

it('the tree only grows, whoever asks', async () => {
  await appendMany(base, 300);
  await sequenceAll(sequencerOptions(base));
  const before = await contents();
  expect(before.map((rows) => rows.length)).toEqual([300, 3, 1, 1]);
  const change = (table: string, column: string) => [
    `update audit.${table} set ${column} = ${column}`,
    `delete from audit.${table}`,
    `truncate audit.${table}`,
  ];
  const tables = [
    ...change('leaf', 'leaf_hash'),
    ...change('tile', 'hashes'),
    ...change('checkpoint', 'note'),
    ...change('log_key', 'vkey'),
  ];
  const inserts = [
    'insert into audit.leaf select leaf_index + 300, gen_random_uuid(), leaf_hash from audit.leaf',
    'insert into audit.tile select 0, 9, hashes from audit.tile where level = 1',
    `insert into audit.checkpoint values (900, sha256(''), 'x')`,
    `insert into audit.log_key values ('mine')`,
  ];
  const rewrites = [
    // The last hash of a tile changed, shortened, grown over another beginning, moved.
    `update audit.tile set hashes = set_byte(hashes, octet_length(hashes) - 1, 7)`,
    `update audit.tile set hashes = substr(hashes, 1, 32) where octet_length(hashes) > 32`,
    `update audit.tile set hashes = sha256('') || hashes where octet_length(hashes) < 8192`,
    `update audit.tile set tile_index = tile_index + 9`,
    `insert into audit.tile (level, tile_index, hashes) values (0, 0, sha256(''))
       on conflict (level, tile_index) do update set hashes = excluded.hashes`,
    // No checkpoint beside or below those there are.
    `insert into audit.checkpoint (tree_size, root, note) values (299, sha256(''), 'x')`,
    `insert into audit.checkpoint (tree_size, root, note) values (300, sha256(''), 'x')`,
    `insert into audit.checkpoint (tree_size, root, note, at) values (900, sha256(''), 'x', now())`,
    `update audit.outbox set event_id = event_id`,
    `alter table audit.tile disable trigger only_grows`,
    `set session_replication_role = replica`,
    `set role audit_owner`,
  ];
  for (const [sql, statements] of [
    [app, [...tables, ...inserts]],
    [sequencer, [...tables, ...rewrites]],
  ] as const) {
    for (const statement of statements) {
      const error = await sql.unsafe(statement).catch((reason) => reason);
      expect(error.code, statement).toBe(denied);
    }
  }
  expect(await contents()).toEqual(before);
});

it('the sequencer reads of events only what their leaves are, and nothing of the application', async () => {
  for (const statement of [
    'select actor_ref from audit.event',
    'select value from audit.disclosure',
    'select xid from audit.outbox',
    'select * from public.member',
    'select * from migration.plain_file',
    `select audit.append('[]')`,
  ]) {
    const error = await sequencer.unsafe(statement).catch((reason) => reason);
    expect(error.code, statement).toBe(denied);
  }
});
