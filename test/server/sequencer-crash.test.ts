import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { openCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { parseEntryBundle } from '#app/domain/audit/tlog/entry-bundle.ts';
import { tilesOf } from '#app/domain/audit/tlog/tile.ts';
import { tilePath } from '#app/domain/audit/tlog/tile-path.ts';
import { verifyEd25519 } from '#server/audit/ed25519.ts';
import { readLogKeys } from '#server/audit/log-key.ts';
import type { Step } from '#server/audit/sequencer/pass.ts';
import type { PublishStep } from '#server/audit/sequencer/publish.ts';
import {
  appendMany,
  makeFolder,
  naiveRoot,
  ORIGIN,
  readTree,
  sequencerOptions,
} from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { startProgram } from '#test/support/run-process.ts';
import type { SequencerProcess } from '#test/support/sequencer-process.ts';

const base = useDatabase();

const deaths: [Step | PublishStep, number][] = [
  ['locked', 1],
  ['tree_checked', 1],
  ['taken', 1],
  ['leaves_checked', 1],
  ['leaves_written', 1],
  ['tiles_written', 1],
  ['signed', 1],
  ['checkpoint_written', 1],
  ['committed', 1],
  ['pinned', 1],
  ['tiles_written', 2],
  ['committed', 2],
  ['tile_published', 1],
  ['tile_published', 3],
  ['tiles_published', 1],
  ['published', 1],
];

async function run(
  told: SequencerProcess,
): Promise<{ signal: string | null; code: number | null }> {
  const child = startProgram('test/support/sequencer-process.ts', [JSON.stringify(told)], {});
  child.stderr?.pipe(process.stderr);
  const [code, signal] = await once(child, 'exit');
  return { code, signal };
}

it('killed between any two steps, it loses nothing, doubles nothing and forks nothing', async () => {
  const { keyFile, dataDir } = sequencerOptions(base);
  const folder = join(makeFolder(), 'site');
  const owner = postgres(base.ownerUrl, { max: 1, onnotice: () => {} });
  const told = { url: base.sequencerUrl, origin: ORIGIN, keyFile, dataDir, folder };
  const logKeys = readLogKeys(keyFile, ORIGIN, true);
  const trust = { origin: ORIGIN, logKeys };
  const seen = new Map<number, string>();

  for (const [step, time] of deaths) {
    await appendMany(base, 230);
    expect(await run({ ...told, dieAfter: { step, time } })).toEqual({
      code: null,
      signal: 'SIGKILL',
    });
    // What somebody may have seen before the next one goes on must stay.
    const between = await readTree(owner);
    for (const { tree_size, note } of between.checkpoints) seen.set(tree_size, note);
    expect(between.leaves).toHaveLength(between.checkpoints.at(-1)?.tree_size ?? 0);
  }
  expect(await run({ ...told, dieAfter: null })).toEqual({ code: 0, signal: null });

  const tree = await readTree(owner);
  await owner.end();
  expect(tree).toMatchObject({ waiting: 0, events: deaths.length * 230 });
  expect(tree.indexes).toEqual(Array.from({ length: tree.events }, (_, index) => index));
  expect(new Set(tree.ids).size).toBe(tree.events);
  const notes = new Map(tree.checkpoints.map(({ tree_size, note }) => [tree_size, note]));
  for (const [size, note] of seen) expect(notes.get(size)).toBe(note);
  for (const { tree_size, note } of tree.checkpoints) {
    const { checkpoint } = await openCheckpoint(note, trust, verifyEd25519);
    expect(checkpoint.root).toEqual(new Uint8Array(naiveRoot(tree.leaves.slice(0, tree_size))));
  }

  const file = (path: string) => readFileSync(join(folder, path));
  expect(file('checkpoint').toString()).toBe(notes.get(tree.events));
  const published: Buffer[] = [];
  for (const { level, index, width } of tilesOf(tree.events)) {
    expect(file(tilePath({ level, index, width }))).toHaveLength(width * 32);
    if (level > 0) continue;
    const bundle = file(tilePath({ level: 'entries', index, width }));
    published.push(...parseEntryBundle(bundle, width).map((entry) => Buffer.from(entry)));
  }
  expect(published).toHaveLength(tree.events);
  expect(published.every((leaf, index) => leaf.equals(tree.leaves[index] as Buffer))).toBe(true);
}, 120_000);
