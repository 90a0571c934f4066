import { parseProofExtra } from '#app/domain/audit/proof-extra.ts';
import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import { parseCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { type Leaf, parseLeaf } from '#app/domain/audit/tlog/leaf.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { parseNote } from '#app/domain/audit/tlog/note.ts';
import { checkTlogProof, parseTlogProof } from '#app/domain/audit/tlog/proof-file.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { commitmentOfFields, type ExportedField, readFields } from './exported-field.ts';
import { type Policy, trustOf } from './policy.ts';
import { openSignatureCheck } from './verify-signature.ts';

/** What a proof proves. */
export interface Proven {
  leaf: Leaf;
  index: number;
  origin: string;
  size: number;
  /** All of the event's fields, when the file has them; they are what the leaf commits to. */
  fields: ExportedField[] | null;
}

/**
 * Checks a .tlog-proof by itself.
 * @param policy with a key of the log at least
 * @throws {TlogError} saying what does not hold
 */
export async function checkProofFile(text: string, policy: Policy): Promise<Proven> {
  if (policy.logKeys.length === 0) {
    throw new TlogError('unreadable', 'no key to trust was given: use --vkey or --policy');
  }
  const proof = parseTlogProof(text);
  const extra = parseProofExtra(proof.extra);
  const bytes = toUtf8(extra.leaf);
  const leaf = parseLeaf(bytes);
  const named = parseCheckpoint(parseNote(proof.checkpoint).text).origin;
  const [key] = policy.logKeys;
  const trust = trustOf(policy, key?.name ?? named);
  const { checkpoint } = await checkTlogProof(
    sha256,
    proof,
    hashLeaf(sha256, bytes),
    trust,
    openSignatureCheck(),
  );
  checkPinned(policy, checkpoint);
  const fields = extra.fields === undefined ? null : readFields(extra.fields);
  if (fields !== null && !equalBytes(commitmentOfFields(fields), leaf.commitment)) {
    throw new TlogError('tampered', 'the fields are not those the leaf commits to');
  }
  return { leaf, index: proof.index, origin: checkpoint.origin, size: checkpoint.size, fields };
}

function checkPinned({ pins }: Policy, checkpoint: { size: number; root: Uint8Array }): void {
  for (const pin of pins) {
    if (pin.size === checkpoint.size && !equalBytes(pin.root, checkpoint.root)) {
      throw new TlogError(
        'tampered',
        `the pin in ${pin.from} has another root for ${pin.size} leaves`,
      );
    }
  }
}
