import { readFileSync } from 'node:fs';
import type { TreeHead } from '#app/domain/audit/tlog/check-proof.ts';
import { hashFromBase64, toBase64 } from '#app/domain/audit/tlog/encoding.ts';
import { writeWhole } from '#server/audit/write-whole.ts';

/** The tree that a witness cosigned last, of each log. */
export interface WitnessState {
  latest(origin: string): TreeHead | null;
  /** On disk when it returns. */
  keep(origin: string, head: TreeHead): Promise<void>;
}

/**
 * Opens a witness's state file; it is made when it isn't there.
 * @throws when it can't be read or isn't one: a witness must not forget what it has seen
 */
export function openWitnessState(path: string): WitnessState {
  const heads = readHeads(path);
  return {
    latest: (origin) => heads.get(origin) ?? null,
    async keep(origin, { size, root }) {
      const next = new Map(heads).set(origin, { size, root });
      const logs = [...next].map(([name, head]) => [
        name,
        { size: head.size, root: toBase64(head.root) },
      ]);
      await writeWhole(path, `${JSON.stringify(Object.fromEntries(logs), null, 2)}\n`, 0o600);
      heads.set(origin, { size, root });
    },
  };
}

function readHeads(path: string): Map<string, TreeHead> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  const logs = JSON.parse(text) as Record<string, { size: number; root: string }>;
  return new Map(
    Object.entries(logs).map(([origin, { size, root }]) => {
      if (!Number.isSafeInteger(size) || size < 0) throw new Error(`${path} has no good size`);
      return [origin, { size, root: hashFromBase64(root, `the root in ${path}`) }];
    }),
  );
}
