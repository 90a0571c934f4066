import { equalBytes } from './bytes.ts';
import { checkConsistency, type TreeHead } from './check-proof.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { fromDecimal, hashFromBase64, toBase64 } from './encoding.ts';
import type { VerifierKey } from './key.ts';
import { emptyRoot } from './merkle.ts';
import {
  formatSignature,
  type Note,
  type NoteSignature,
  parseNote,
  parseSignatures,
  type VerifyEd25519,
  verifyNote,
} from './note.ts';
import type { Sha256 } from './sha256.ts';
import { TlogError } from './tlog-error.ts';

// c2sp.org/tlog-witness, its add-checkpoint call.

const MAX_PROOF = 63;
const SIZE_TYPE = 'text/x.tlog.size';
const TEXT_TYPE = 'text/plain; charset=utf-8';

/** Body of the call. */
export interface AddCheckpoint {
  /** Size of the checkpoint the witness is thought to have cosigned last; 0 for none. */
  oldSize: number;
  /** From that size to the checkpoint's. */
  proof: Uint8Array[];
  /** The checkpoint's note, to the byte. */
  checkpoint: string;
}

/** The text of a request. */
export function formatAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  return `${[`old ${oldSize}`, ...proof.map(toBase64)].join('\n')}\n\n${checkpoint}`;
}

/**
 * Takes a request apart without checking it.
 * @throws {TlogError} incomplete when it is cut off before its checkpoint, otherwise unreadable
 */
export function parseAddCheckpoint(text: string): AddCheckpoint {
  const blank = text.indexOf('\n\n');
  if (blank < 0) {
    throw new TlogError('incomplete', 'the request has no blank line with a checkpoint after it');
  }
  const [first = '', ...lines] = text.slice(0, blank).split('\n');
  if (!first.startsWith('old ')) {
    throw new TlogError('unreadable', 'the request does not begin with the line of its old size');
  }
  if (lines.length > MAX_PROOF) {
    throw new TlogError('unreadable', `the request has more than ${MAX_PROOF} hashes`);
  }
  return {
    oldSize: fromDecimal(first.slice('old '.length), "the request's old size"),
    proof: lines.map((line, i) => hashFromBase64(line, `hash ${i + 1} of the request`)),
    checkpoint: text.slice(blank + 2),
  };
}

/** What a witness knows of a log. */
export interface WitnessedLog {
  keys: readonly VerifierKey[];
  /** The checkpoint it cosigned last; null for none. */
  latest: TreeHead | null;
}

/** HTTP answer of a witness that does not cosign; `reason` is for its own records. */
export interface WitnessRefusal {
  status: 400 | 403 | 404 | 409 | 422;
  contentType: string;
  body: string;
  reason: string;
}

/** What to cosign and answer with formatCosignatures, once it is stored as the log's latest. */
export interface WitnessAcceptance {
  status: 200;
  checkpoint: Checkpoint;
  note: Note;
}

function refuse(status: WitnessRefusal['status'], reason: string): WitnessRefusal {
  return { status, contentType: TEXT_TYPE, body: `${reason}\n`, reason };
}

/**
 * A witness's answer to a request. Reading `latest` and storing the new checkpoint must be one step:
 * of two requests judged against the same one, only one may be stored.
 * @param find the log of an origin; null when the witness does not follow it
 */
export async function judgeAddCheckpoint(
  hash: Sha256,
  body: string,
  find: (origin: string) => WitnessedLog | null | Promise<WitnessedLog | null>,
  verify: VerifyEd25519,
): Promise<WitnessAcceptance | WitnessRefusal> {
  let status: WitnessRefusal['status'] = 400;
  try {
    const request = parseAddCheckpoint(body);
    const note = parseNote(request.checkpoint);
    const checkpoint = parseCheckpoint(note.text);
    const log = await find(checkpoint.origin);
    if (log === null) return refuse(404, 'this witness does not know the log');
    status = 403;
    await verifyNote(note, log.keys, verify);
    if (request.oldSize > checkpoint.size) {
      return refuse(400, `the old size is above the checkpoint's, ${checkpoint.size}`);
    }
    const latest = log.latest ?? { size: 0, root: emptyRoot(hash) };
    if (request.oldSize !== latest.size) {
      const reason = `the checkpoint cosigned last is of ${latest.size} entries`;
      return { status: 409, contentType: SIZE_TYPE, body: `${latest.size}\n`, reason };
    }
    if (checkpoint.size === latest.size && !equalBytes(checkpoint.root, latest.root)) {
      return refuse(409, `there are two different trees of ${latest.size} entries`);
    }
    status = 422;
    checkConsistency(hash, latest, checkpoint, request.proof);
    return { status: 200, checkpoint, note };
  } catch (error) {
    if (error instanceof TlogError) return refuse(status, error.message);
    throw error;
  }
}

/** Body of a witness's answer 200. */
export function formatCosignatures(signatures: readonly NoteSignature[]): string {
  return signatures.map(formatSignature).join('');
}

/** What a witness's answer means to the log that asked. */
export type WitnessAnswer =
  | { kind: 'cosigned'; signatures: NoteSignature[] }
  /** Ask again with a proof from this size. */
  | { kind: 'stale'; size: number }
  | { kind: 'refused'; status: number; reason: string };

/**
 * Reads a witness's answer. Cosignatures are not checked: verifyNote does, with the checkpoint's
 * text and the witness's keys.
 * @throws {TlogError} incomplete or unreadable when the answer has not the form its status asks for
 */
export function readWitnessAnswer(
  status: number,
  contentType: string | null,
  body: string,
): WitnessAnswer {
  if (status === 200) {
    return { kind: 'cosigned', signatures: parseSignatures(body, "the witness's answer") };
  }
  if (status === 409 && contentType === SIZE_TYPE) {
    if (!body.endsWith('\n')) {
      throw new TlogError('incomplete', "the witness's answer ends within a line");
    }
    return {
      kind: 'stale',
      size: fromDecimal(body.slice(0, -1), "the size in the witness's answer"),
    };
  }
  return { kind: 'refused', status, reason: body.trim().slice(0, 200) };
}
