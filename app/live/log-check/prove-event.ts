import { formatProofExtra } from '#app/domain/audit/proof-extra.ts';
import { checkInclusion } from '#app/domain/audit/tlog/check-proof.ts';
import { openCheckpoint, parseCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { toHex, toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { parseVkey } from '#app/domain/audit/tlog/key.ts';
import { parseLeaf } from '#app/domain/audit/tlog/leaf.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { parseNote, type VerifyEd25519 } from '#app/domain/audit/tlog/note.ts';
import { formatTlogProof } from '#app/domain/audit/tlog/proof-file.ts';
import { proveInclusion } from '#app/domain/audit/tlog/prove.ts';
import { sha256 } from '#app/domain/audit/tlog/sha256.ts';
import { readHashesFrom } from '#app/domain/audit/tlog/tile.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { checkShown, type ShownEvent } from './check-shown.ts';
import { canVerify, verifyEd25519 } from './ed25519.ts';
import { readKept } from './kept.ts';
import { type LogFiles, ownLogFiles } from './log-files.ts';

/** What is said of an event's leaf. */
export interface ClaimedLeaf {
  id: string;
  leaf: string;
  /** Hex digits. */
  leafHash: string;
  index: number;
  /** What a page shows of the event, when it is to be compared as well. */
  shown?: ShownEvent;
}

export type EventProof =
  | {
      kind: 'proven';
      size: number;
      /** Hex digits. */
      root: string;
      origin: string;
      signatureChecked: boolean;
      /** Fields that were hashed again; 0 when nothing was to be compared. */
      fields: number;
      /** A .tlog-proof file: the leaf is in its extra data, so that it can be checked by itself. */
      file: string;
    }
  /** What the page shows is not what the log holds. */
  | { kind: 'wrong'; fault: string }
  /** The log has not grown so far yet, or gave no answer. */
  | { kind: 'unanswered' };

/**
 * Proves an event from the log's public files: that its leaf names it, hashes to what is shown, and
 * is in the tree that the newest checkpoint signs.
 */
export async function proveEvent(claimed: ClaimedLeaf): Promise<EventProof> {
  const verify = (await canVerify()) ? verifyEd25519 : null;
  const trusted = readKept(localStorage)?.vkeys;
  return proveFrom(ownLogFiles, claimed, verify, trusted);
}

/**
 * The same from any files.
 * @param trusted keys that were kept; else those the log names are believed
 */
export async function proveFrom(
  files: LogFiles,
  claimed: ClaimedLeaf,
  verify: VerifyEd25519 | null,
  trusted?: readonly string[],
): Promise<EventProof> {
  try {
    const note = await files.checkpoint();
    if (note === null) return { kind: 'unanswered' };
    const checkpoint = parseCheckpoint(parseNote(note).text);
    const { origin, size, root } = checkpoint;
    if (verify !== null) {
      const vkeys = trusted ?? (await files.vkeys());
      const logKeys = vkeys.map((vkey) => parseVkey(sha256, vkey));
      await openCheckpoint(note, { origin, logKeys }, verify);
    }
    const bytes = toUtf8(claimed.leaf);
    const leafSaid = parseLeaf(bytes);
    if (leafSaid.id !== claimed.id) {
      return { kind: 'wrong', fault: 'the leaf is of another event' };
    }
    if (claimed.shown) checkShown(claimed.shown, leafSaid);
    const leafHash = hashLeaf(sha256, bytes);
    if (toHex(leafHash) !== claimed.leafHash) {
      return { kind: 'wrong', fault: 'the leaf does not hash to the hash that is shown' };
    }
    const read = readHashesFrom(sha256, size, files.tile);
    const hashes = await proveInclusion(sha256, read, claimed.index, size);
    checkInclusion(sha256, leafHash, claimed.index, hashes, checkpoint);
    return {
      kind: 'proven',
      size,
      root: toHex(root),
      origin,
      signatureChecked: verify !== null,
      fields: claimed.shown?.hashed.length ?? 0,
      file: formatTlogProof({
        extra: formatProofExtra({ leaf: claimed.leaf }),
        index: claimed.index,
        hashes,
        checkpoint: note,
      }),
    };
  } catch (error) {
    if (error instanceof TlogError && error.kind !== 'incomplete') {
      return { kind: 'wrong', fault: error.message };
    }
    return { kind: 'unanswered' };
  }
}
