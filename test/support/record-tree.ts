import { expect } from 'vitest';
import { Frontier } from '#app/domain/audit/tlog/frontier.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import type { HashReader } from '#app/domain/audit/tlog/prove.ts';
import { nodeSha256 } from '#test/support/naive-tree.ts';

/** Reads nodes of a tree from what a frontier said of them, and nothing it never said. */
export function recordTree(entries: Uint8Array[]) {
  const nodes = new Map<string, Uint8Array>();
  const frontier = new Frontier(nodeSha256);
  for (const entry of entries) {
    frontier.append(hashLeaf(nodeSha256, entry), (level, index, hash) => {
      expect(nodes.has(`${level}/${index}`)).toBe(false);
      nodes.set(`${level}/${index}`, hash);
    });
  }
  const read: HashReader = (level, index) => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`asked for an incomplete node ${level}/${index}`);
    return hash;
  };
  return { read, frontier };
}
