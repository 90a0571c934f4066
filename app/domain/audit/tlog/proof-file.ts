import { checkInclusion } from './check-proof.ts';
import { type OpenedCheckpoint, openCheckpoint, type Trust } from './checkpoint.ts';
import { fromBase64, fromDecimal, hashFromBase64, toBase64 } from './encoding.ts';
import type { VerifyEd25519 } from './note.ts';
import type { Sha256 } from './sha256.ts';
import { TlogError } from './tlog-error.ts';

// c2sp.org/tlog-proof, kept in files named *.tlog-proof.

const HEADER = 'c2sp.org/tlog-proof@v1';

/** That an entry is in a log, to be checked without the log. */
export interface TlogProof {
  /** Whatever the application adds; nothing vouches for it. Not empty; null for none. */
  extra: Uint8Array | null;
  index: number;
  /** Inclusion proof, from the leaf's sibling up. */
  hashes: Uint8Array[];
  /** The checkpoint's note, to the byte. */
  checkpoint: string;
}

/** The text of a proof. */
export function formatTlogProof({ extra, index, hashes, checkpoint }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra === null ? [] : [`extra ${toBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(toBase64),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/**
 * Takes a proof apart without checking it: checkTlogProof does.
 * @throws {TlogError} incomplete when it is cut off before its checkpoint, otherwise unreadable
 */
export function parseTlogProof(text: string): TlogProof {
  if (!text.startsWith(`${HEADER}\n`)) {
    throw `${HEADER}\n`.startsWith(text)
      ? new TlogError('incomplete', 'the proof ends within its first line')
      : new TlogError('unreadable', `the proof does not begin with the line ${HEADER}`);
  }
  const blank = text.indexOf('\n\n');
  if (blank < 0) {
    throw new TlogError('incomplete', 'the proof has no blank line with a checkpoint after it');
  }
  const lines = text.slice(HEADER.length + 1, blank).split('\n');
  let extra: Uint8Array | null = null;
  if (lines[0]?.startsWith('extra ')) {
    extra = fromBase64((lines.shift() as string).slice('extra '.length), "the proof's extra data");
    if (extra.length === 0) throw new TlogError('unreadable', "the proof's extra line is empty");
  }
  const indexLine = lines.shift() ?? '';
  if (!indexLine.startsWith('index ')) {
    throw new TlogError('unreadable', 'the proof has no index line where it belongs');
  }
  const checkpoint = text.slice(blank + 2);
  if (checkpoint === '') throw new TlogError('incomplete', 'the proof has no checkpoint');
  if (checkpoint.startsWith('\n')) {
    throw new TlogError('unreadable', 'the proof has an extra newline before its checkpoint');
  }
  return {
    extra,
    index: fromDecimal(indexLine.slice('index '.length), "the proof's index"),
    hashes: lines.map((line, i) => hashFromBase64(line, `hash ${i + 1} of the proof`)),
    checkpoint,
  };
}

/**
 * Checks that the entry with this leaf hash is in the log at the proof's index.
 * @throws {TlogError} as openCheckpoint and checkInclusion do
 */
export async function checkTlogProof(
  hash: Sha256,
  proof: TlogProof,
  leafHash: Uint8Array,
  trust: Trust,
  verify: VerifyEd25519,
): Promise<OpenedCheckpoint> {
  const opened = await openCheckpoint(proof.checkpoint, trust, verify);
  checkInclusion(hash, leafHash, proof.index, proof.hashes, opened.checkpoint);
  return opened;
}
