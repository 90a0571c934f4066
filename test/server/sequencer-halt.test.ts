import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { writePin } from '#server/audit/sequencer/pins.ts';
import {
  openSequencer,
  type SequencerOptions,
  sequenceAll,
} from '#server/audit/sequencer/sequencer.ts';
import {
  appendMany,
  makeFolder,
  naiveRoot,
  ORIGIN,
  readTree,
  sequencerOptions,
} from '#test/support/log-tree.ts';
import { cloneDatabase, type TestDatabase } from '#test/support/postgres.ts';
import { eventually } from '#test/support/server.ts';

// What a superuser does behind the log's back. Triggers are off for them.
let base: TestDatabase;
let owner: postgres.Sql;
let options: ReturnType<typeof sequencerOptions>;
let ids: string[];

beforeEach(async () => {
  base = await cloneDatabase();
  owner = postgres(base.ownerUrl, { max: 1, onnotice: () => {} });
  for (const table of ['event', 'event_default', 'outbox', 'leaf', 'checkpoint', 'tile']) {
    await owner.unsafe(`alter table audit.${table} disable trigger all`);
  }
  const partitions = await owner<{ name: string }[]>`
    select inhrelid::regclass::text as name from pg_inherits
    where inhparent = 'audit.event'::regclass`;
  for (const { name } of partitions) await owner.unsafe(`alter table ${name} disable trigger all`);
  options = sequencerOptions(base);
  await appendMany(base, 300);
  await sequenceAll(options);
  ids = await appendMany(base, 3);
  return async () => {
    await owner.end({ timeout: 1 });
    await base.drop();
  };
});

const flip = (column: string) => `set_byte(${column}, 8, get_byte(${column}, 8) # 1)`;
const second = () => ids[1] as string;

/** Nothing may be signed, now or later, until someone starts it anew. */
async function expectHalt(reason: RegExp, more: Partial<SequencerOptions> = {}): Promise<void> {
  const before = await readTree(owner);
  const sequencer = openSequencer({ ...options, everyMs: 5, ...more });
  onTestFinished(() => sequencer.stop());
  const { halted } = await eventually(sequencer.state, (state) => state.halted !== null);
  expect(halted).toMatch(reason);
  expect(options.complaints).toMatchObject([{ fields: { reason: halted } }]);
  await appendMany(base, 1);
  sequencer.poke();
  await sequencer.stop();
  const after = await readTree(owner);
  expect(after.checkpoints).toEqual(before.checkpoints);
  expect(after.indexes).toEqual(before.indexes);
  expect(after.waiting).toBe(before.waiting + 1);
  expect(options.complaints).toHaveLength(1);
}

describe('it refuses to sign', () => {
  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'a leaf with a flipped bit',
      () =>
        owner.unsafe(
          `update audit.event set leaf = ${flip('leaf')} where event_id = '${second()}'`,
        ),
      /^the leaf of event .* is not as hashed/,
    ],
    [
      'a leaf hash with a flipped bit',
      () =>
        owner.unsafe(
          `update audit.event set leaf_hash = ${flip('leaf_hash')} where event_id = '${second()}'`,
        ),
      /^the leaf of event .* is not as hashed/,
    ],
    [
      'an outbox with a flipped bit',
      () =>
        owner.unsafe(
          `update audit.outbox set leaf_hash = ${flip('leaf_hash')} where event_id = '${second()}'`,
        ),
      /^event .* is not what the outbox says/,
    ],
    [
      'a leaf that was rewritten together with its hashes, under another id',
      async () => {
        await owner`update audit.event set (leaf, leaf_hash) =
          (select leaf, leaf_hash from audit.event where event_id = ${ids[0] as string})
          where event_id = ${second()}`;
        await owner`update audit.outbox set leaf_hash =
          (select leaf_hash from audit.event where event_id = ${second()})
          where event_id = ${second()}`;
      },
      /^the leaf of event .* is another's/,
    ],
    [
      'a leaf of another form',
      async () => {
        const leaf = Buffer.from(`{"v":1, "id":"${second()}"}`);
        await owner`update audit.event set leaf = ${leaf}, leaf_hash = sha256('\\x00'::bytea || ${leaf})
          where event_id = ${second()}`;
        await owner`update audit.outbox set leaf_hash = sha256('\\x00'::bytea || ${leaf})
          where event_id = ${second()}`;
      },
      /leaf/,
    ],
    [
      'an event that has gone',
      () => owner`delete from audit.event where event_id = ${second()}`,
      /^event .* of the outbox is not among the events/,
    ],
    [
      'an event that is in the tree already',
      () => owner`
        insert into audit.outbox (event_id, leaf_hash)
        select event_id, leaf_hash from audit.leaf where leaf_index = 7`,
      /^event .* is in the tree and in the outbox/,
    ],
    [
      'a tile with a flipped bit',
      () => owner.unsafe(`update audit.tile set hashes = ${flip('hashes')} where tile_index = 1`),
      /^the tiles do not lead to the root/,
    ],
    [
      'a tile that has gone',
      () => owner`delete from audit.tile where level = 0 and tile_index = 1`,
      /^tile 1 of level 0 has 0 hashes, not 44/,
    ],
    [
      'a checkpoint whose root was changed',
      () => owner.unsafe(`update audit.checkpoint set root = ${flip('root')}`),
      /^the checkpoint of 300 leaves is stored beside another's note/,
    ],
    [
      'a checkpoint whose note was changed',
      () => owner`update audit.checkpoint set note = replace(note, E'\\n300\\n', E'\\n299\\n')`,
      /signature/,
    ],
    [
      'a checkpoint that has gone, its leaves still there',
      () => owner`delete from audit.checkpoint`,
      /^leaves are stored beyond the newest checkpoint, of 0 leaves/,
    ],
  ])('%s', async (_attack, attack, reason) => {
    await attack();
    await expectHalt(reason);
  });

  it('a tree whose checkpoint another key has signed', async () => {
    const foreign = sequencerOptions(base);
    options.complaints = foreign.complaints;
    await expectHalt(/signed by no known key/, { keyFile: foreign.keyFile, log: foreign.log });
  });
});

/** Rolls the log back to its first leaves, as if the later ones had never been. */
async function rollBack(size: number): Promise<void> {
  const { leaves } = await readTree(owner);
  await owner`delete from audit.leaf`;
  await owner`delete from audit.tile`;
  await owner`delete from audit.checkpoint where tree_size > ${size}`;
  const [row] = await owner`select count(*)::int as n from audit.checkpoint`;
  expect(row?.n).toBeLessThanOrEqual(1);
  expect(leaves.length).toBeGreaterThan(size);
}

describe('pins', () => {
  it('keep a rolled-back log from being signed anew', async () => {
    expect(readFileSync(join(options.dataDir, 'log-pin'), 'utf8')).toMatch(/^\S+ 300 \S{44}\n$/);
    await rollBack(0);
    await expectHalt(/^the log has 0 leaves, but .*log-pin has seen 300$/);
  });

  it('notice a log that was rolled back and grew differently, signed with its own key', async () => {
    await rollBack(0);
    // Whoever holds the key, on a machine without the pin.
    const elsewhere = { ...options, ...sequencerOptions(base), keyFile: options.keyFile };
    await appendMany(base, 400);
    await sequenceAll(elsewhere);
    await appendMany(base, 1);
    await expectHalt(/^the log's first 300 leaves are not those .*log-pin has seen$/);
  });

  it('are taken from a file, those of other logs left out', async () => {
    const { leaves } = await readTree(owner);
    const file = join(makeFolder(), 'pins');
    const seen = (size: number) => ({ size, root: naiveRoot(leaves.slice(0, size)) });
    const lines = [
      '# seen by a friend\n',
      writePin(ORIGIN, seen(256)),
      writePin(ORIGIN, seen(131)),
    ];
    writeFileSync(
      file,
      [...lines, writePin('other.example/log', { ...seen(1), size: 9_999 })].join(''),
    );
    expect((await sequenceAll({ ...options, pinsFile: file }))?.taken).toBe(3);

    writeFileSync(file, writePin(ORIGIN, { size: 131, root: naiveRoot(leaves.slice(0, 130)) }));
    await expectHalt(/^the log's first 131 leaves are not those/, { pinsFile: file });
  });

  it.each([
    ['a line cut off', `${ORIGIN} 300 abc\n`],
    ['a size with a leading zero', `${ORIGIN} 007 ${'A'.repeat(43)}=\n`],
    ['a word too many', `${ORIGIN} 0 ${'A'.repeat(43)}= x\n`],
  ])('that can not be read keep the log from being signed: %s', async (_flaw, text) => {
    const file = join(makeFolder(), 'pins');
    writeFileSync(file, text);
    await expectHalt(/^line 1 of .* is no pin/, { pinsFile: file });
  });

  it('that are missing keep the log from being signed', async () => {
    await expectHalt(/can't be read \(ENOENT\)/, { pinsFile: join(makeFolder(), 'none') });
  });
});
