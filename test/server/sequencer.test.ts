import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { verifyEd25519 } from '#server/audit/ed25519.ts';
import { readLogKeys } from '#server/audit/log-key.ts';
import {
  openSequencer,
  type SequencerOptions,
  sequenceAll,
} from '#server/audit/sequencer/sequencer.ts';
import {
  appendMany,
  naiveRoot,
  ORIGIN,
  readTree,
  sequencerOptions,
} from '#test/support/log-tree.ts';
import { cloneDatabase, type TestDatabase } from '#test/support/postgres.ts';
import { eventually } from '#test/support/server.ts';

let base: TestDatabase;
let owner: postgres.Sql;

beforeEach(async () => {
  base = await cloneDatabase();
  owner = postgres(base.ownerUrl, { max: 3, onnotice: () => {} });
  return async () => {
    await owner.end({ timeout: 1 });
    await base.drop();
  };
});

/** The whole tree must be what its events make it, at every checkpoint that was signed. */
async function expectSound(options: Pick<SequencerOptions, 'keyFile'>) {
  const tree = await readTree(owner);
  expect(tree.indexes).toEqual(tree.indexes.map((_, index) => index));
  expect(new Set(tree.ids).size).toBe(tree.ids.length);
  expect(tree.ids.length + tree.waiting).toBe(tree.events);
  const logKeys = readLogKeys(options.keyFile, ORIGIN, true);
  for (const { tree_size, root, note } of tree.checkpoints) {
    expect(root.equals(naiveRoot(tree.leaves.slice(0, tree_size)))).toBe(true);
    const { checkpoint } = await openCheckpoint(note, { origin: ORIGIN, logKeys }, verifyEd25519);
    expect(checkpoint).toMatchObject({ size: tree_size });
    expect(Buffer.from(checkpoint.root).equals(root)).toBe(true);
  }
  expect(tree.checkpoints.at(-1)?.tree_size).toBe(tree.leaves.length);
  return tree;
}

describe('sequencing', () => {
  it('signs an empty log', async () => {
    const options = sequencerOptions(base);
    expect(await sequenceAll(options)).toMatchObject({ taken: 0, head: { size: 0 } });
    expect((await expectSound(options)).checkpoints).toHaveLength(1);
  });

  it('gives the root of a naive tree for batches of any size', async () => {
    const options = sequencerOptions(base);
    const sizes = [1, 1, 2, 253, 1, 3, 700, 5, 256, 40];
    for (let i = 0; i < 6; i++) sizes.push(1 + Math.floor(Math.random() * 300));
    for (const size of sizes) {
      await appendMany(base, size);
      expect((await sequenceAll({ ...options, batchSize: 300 }))?.taken).toBe(size);
    }
    const tree = await expectSound(options);
    expect(tree.waiting).toBe(0);
    const [tile] = await owner`select octet_length(hashes) as n from audit.tile where level = 1`;
    expect(tile?.n).toBe(Math.floor(tree.leaves.length / 256) * 32);
  });

  it('writes no checkpoint when nothing has come', async () => {
    const options = sequencerOptions(base);
    await appendMany(base, 3);
    await sequenceAll(options);
    await sequenceAll(options);
    expect((await readTree(owner)).checkpoints.map(({ tree_size }) => tree_size)).toEqual([3]);
  });

  it('is done by one of two at a time, and both go on', async () => {
    const one = sequencerOptions(base);
    const two = { ...sequencerOptions(base), keyFile: one.keyFile };
    const both = [one, two].map((options) =>
      openSequencer({ ...options, everyMs: 5, batchSize: 50 }),
    );
    for (let i = 0; i < 20; i++) await Promise.all([appendMany(base, 30), appendMany(base, 7)]);
    await eventually(
      async () => (await readTree(owner)).waiting,
      (waiting) => waiting === 0,
    );
    await Promise.all(both.map((sequencer) => sequencer.stop()));
    const tree = await expectSound(one);
    expect(tree.leaves).toHaveLength(740);
    expect([...one.complaints, ...two.complaints]).toEqual([]);
  });

  it('waits for nobody: a transaction held open comes later', async () => {
    const options = sequencerOptions(base);
    const sequencer = openSequencer(options);
    onTestFinished(() => sequencer.stop());
    const held = await owner.reserve();
    await held`begin`;
    const [late] = await held<{ event_id: string }[]>`
      select event_id from audit.append('[{"action": "room.locked", "outcome": "accepted",
        "occurred_at": 1612701296789, "actor": "system"}]'::jsonb)`;
    const until = Date.now() + 3_000;
    while (Date.now() < until) {
      const [id] = await appendMany(base, 1);
      const began = Date.now();
      await eventually(
        () => owner`select from audit.leaf where event_id = ${id as string}`,
        (rows) => rows.length === 1,
      );
      expect(Date.now() - began).toBeLessThan(2_000);
    }
    await held`commit`;
    held.release();
    await eventually(
      () => owner`select from audit.leaf where event_id = ${late?.event_id as string}`,
      (rows) => rows.length === 1,
    );
    const tree = await expectSound(options);
    expect(tree.ids.at(-1)).toBe(late?.event_id);
    expect(tree.ids.toSorted()[0]).toBe(late?.event_id);
  });

  it('passes over what somebody holds', async () => {
    const options = sequencerOptions(base);
    const [first] = await appendMany(base, 3);
    const held = await owner.reserve();
    await held`begin`;
    await held`select from audit.outbox where event_id = ${first as string} for update`;
    expect((await sequenceAll(options))?.taken).toBe(2);
    await held`rollback`;
    held.release();
    expect((await sequenceAll(options))?.taken).toBe(1);
    await expectSound(options);
  });

  it('takes what waits before it stops', async () => {
    const options = sequencerOptions(base);
    const sequencer = openSequencer({ ...options, everyMs: 60_000 });
    await sleep(100);
    await appendMany(base, 10);
    const began = Date.now();
    await sequencer.stop();
    expect(Date.now() - began).toBeLessThan(5_000);
    expect((await expectSound(options)).waiting).toBe(0);
  });

  it('looks at once when poked', async () => {
    const options = sequencerOptions(base);
    const sequencer = openSequencer({ ...options, everyMs: 60_000 });
    onTestFinished(() => sequencer.stop());
    await sleep(200);
    await appendMany(base, 1);
    expect(await sequencer.state()).toMatchObject({ depth: 1, halted: null });
    sequencer.poke();
    await eventually(sequencer.state, ({ depth }) => depth === 0);
  });

  it('tells how long events wait, and complains once when it is longer than promised', async () => {
    const options = sequencerOptions(base);
    const id = '00000000-0000-7000-8000-000000000000';
    await owner`insert into audit.outbox values (${id}, '\\x00')`;
    const sequencer = openSequencer({ ...options, everyMs: 10 });
    onTestFinished(() => sequencer.stop());
    await eventually(
      () => options.complaints.map(({ words }) => words),
      (words) => words.length === 2,
    );
    expect(options.complaints[0]?.words).toContain('longer than promised');
    expect((await sequencer.state()).oldestSeconds).toBeGreaterThan(1_600_000_000);
  });
});
