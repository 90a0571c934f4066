import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import { parseLeaf } from '#app/domain/audit/tlog/leaf.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { LogHalted } from './halt.ts';
import type { Waiting } from './tree-store.ts';

/**
 * Hashes an event's leaf anew and compares it with what was promised when the event was written.
 * @returns the leaf hash
 * @throws LogHalted when anything differs, TlogError when the leaf has another form
 */
export function checkLeaf(waiting: Waiting): Uint8Array {
  const { event_id: id, promised, leaf, leaf_hash: noted, sequenced } = waiting;
  if (sequenced) throw new LogHalted(`event ${id} is in the tree and in the outbox`);
  if (leaf === null || noted === null) {
    throw new LogHalted(`event ${id} of the outbox is not among the events`);
  }
  const hash = hashLeaf(sha256, leaf);
  if (!equalBytes(hash, noted)) throw new LogHalted(`the leaf of event ${id} is not as hashed`);
  if (!equalBytes(hash, promised)) throw new LogHalted(`event ${id} is not what the outbox says`);
  if (parseLeaf(leaf).id !== id) throw new LogHalted(`the leaf of event ${id} is another's`);
  return hash;
}
