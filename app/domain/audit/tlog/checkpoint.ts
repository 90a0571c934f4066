import type { TreeHead } from './check-proof.ts';
import { fromDecimal, hashFromBase64, toBase64 } from './encoding.ts';
import { COSIGNATURE_V1, ED25519, type VerifierKey } from './key.ts';
import {
  type Note,
  parseNote,
  type VerifiedSignature,
  type VerifyEd25519,
  verifyNote,
} from './note.ts';
import { TlogError } from './tlog-error.ts';

// c2sp.org/tlog-checkpoint.

/** What a log signs: that its tree of `size` entries has this root. */
export interface Checkpoint extends TreeHead {
  /** Identifies the log, as `example.com/log`. */
  origin: string;
  /** Further lines, usually none; not empty. */
  extensions: string[];
}

/** The text of a checkpoint's note: one line each for origin, size, root and extensions. */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  return `${[origin, size, toBase64(root), ...extensions].join('\n')}\n`;
}

/**
 * Reads the text of a checkpoint's note.
 * @throws {TlogError} incomplete when lines are missing, otherwise unreadable
 */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith('\n')) throw new TlogError('incomplete', 'the checkpoint ends within a line');
  if (text.endsWith('\n\n')) {
    throw new TlogError('unreadable', 'the checkpoint has an extra newline after its text');
  }
  const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n');
  if (!origin) throw new TlogError('unreadable', 'the checkpoint has no origin');
  if (size === undefined || root === undefined) {
    throw new TlogError('incomplete', 'the checkpoint has fewer than three lines');
  }
  if (extensions.includes('')) {
    throw new TlogError('unreadable', 'the checkpoint has an empty line');
  }
  return {
    origin,
    size: fromDecimal(size, "the checkpoint's tree size"),
    root: hashFromBase64(root, "the checkpoint's root hash"),
    extensions,
  };
}

/** Whom to believe about a log. */
export interface Trust {
  origin: string;
  /** The log's own keys, of type Ed25519: one must have signed. */
  logKeys: readonly VerifierKey[];
  /** Keys of witnesses, of type cosignature/v1. */
  witnessKeys?: readonly VerifierKey[];
  /** How many of these must have cosigned; 0 unless told. */
  quorum?: number;
}

export interface OpenedCheckpoint {
  checkpoint: Checkpoint;
  note: Note;
  /** By the log's keys, then by witnesses, that hold. */
  signatures: VerifiedSignature[];
}

/**
 * Reads a checkpoint's note and checks its signatures and whose log it is.
 * @throws {TlogError} tampered when a known key's signature does not hold, no key of the log has
 * signed, or it is another log's; incomplete when too few witnesses have cosigned or the note is cut
 * off; otherwise unreadable
 */
export async function openCheckpoint(
  noteText: string,
  trust: Trust,
  verify: VerifyEd25519,
): Promise<OpenedCheckpoint> {
  const { origin, logKeys, witnessKeys = [], quorum = 0 } = trust;
  const note = parseNote(noteText);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== origin) {
    throw new TlogError(
      'tampered',
      `the checkpoint is of the log ${checkpoint.origin}, not of ${origin}`,
    );
  }
  const own = logKeys.filter((key) => key.algorithm === ED25519);
  const witnesses = witnessKeys.filter((key) => key.algorithm === COSIGNATURE_V1);
  const byLog = await verifyNote(note, own, verify);
  if (witnesses.length === 0 && quorum === 0) return { checkpoint, note, signatures: byLog };

  const all = await verifyNote(note, [...own, ...witnesses], verify);
  const byWitness = all.filter(({ key }) => witnesses.includes(key));
  const keys = new Set(byWitness.map(({ key }) => key));
  if (keys.size < quorum) {
    throw new TlogError(
      'incomplete',
      `${keys.size} of the known witnesses have cosigned the checkpoint, but ${quorum} must`,
    );
  }
  return { checkpoint, note, signatures: [...byLog, ...byWitness] };
}
