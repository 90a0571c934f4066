import { concatBytes } from './bytes.ts';
import { cosignatureMessage, parseCosignature } from './cosignature.ts';
import { fromBase64, toBase64, toUtf8 } from './encoding.ts';
import { COSIGNATURE_V1, findKey, isKeyName, keyLabel, type VerifierKey } from './key.ts';
import { TlogError } from './tlog-error.ts';

// c2sp.org/signed-note. A note is handled as the text it is: nothing is trimmed or normalised.

const DASH = '— ';
const MAX_SIGNATURES = 100;

/** A line below a note: whose key made it, by name and id, and what that key made. */
export interface NoteSignature {
  name: string;
  id: number;
  /** As the key's algorithm has it: 64 bytes for Ed25519, 8 more in front for a cosignature. */
  signature: Uint8Array;
}

export interface Note {
  /** Ends in a newline. */
  text: string;
  /** At least one. */
  signatures: NoteSignature[];
}

/** Whether this is the Ed25519 signature (RFC 8032) of the message by the key of 32 bytes. */
export type VerifyEd25519 = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

/** One signature line with its newline. */
export function formatSignature({ name, id, signature }: NoteSignature): string {
  const idBytes = new Uint8Array(4);
  new DataView(idBytes.buffer).setUint32(0, id);
  return `${DASH}${name} ${toBase64(concatBytes(idBytes, signature))}\n`;
}

/**
 * Text, blank line and signature lines.
 * @param text ends in a newline, holds no other control character
 * @param signatures at least one
 */
export function formatNote(text: string, signatures: readonly NoteSignature[]): string {
  if (!text.endsWith('\n')) throw new RangeError('the text of a note ends in a newline');
  return `${text}\n${signatures.map(formatSignature).join('')}`;
}

/**
 * Reads signature lines, each with its newline.
 * @param what names the whole in errors, as "the note"
 * @throws {TlogError} incomplete when they end within a line, otherwise unreadable
 */
export function parseSignatures(lines: string, what: string): NoteSignature[] {
  if (!lines.endsWith('\n')) throw new TlogError('incomplete', `${what} ends within a line`);
  const all = lines.slice(0, -1).split('\n');
  if (all.length > MAX_SIGNATURES) {
    throw new TlogError('unreadable', `${what} has more than ${MAX_SIGNATURES} signatures`);
  }
  return all.map((line, i) => {
    const which = `signature ${i + 1} of ${what}`;
    if (line === '') throw new TlogError('unreadable', `${what} has an extra newline`);
    if (!line.startsWith(DASH)) {
      throw new TlogError('unreadable', `${what} has a line among its signatures that is none`);
    }
    const [name = '', encoded, ...rest] = line.slice(DASH.length).split(' ');
    if (!isKeyName(name) || encoded === undefined || rest.length > 0) {
      throw new TlogError('unreadable', `${which} is not a key's name and its signature`);
    }
    const bytes = fromBase64(encoded, which);
    if (bytes.length < 5) throw new TlogError('unreadable', `${which} has no bytes`);
    const id = new DataView(bytes.buffer).getUint32(0);
    return { name, id, signature: bytes.subarray(4) };
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL = /[\x00-\x09\x0b-\x1f]/;

function lastLineOf(text: string): string {
  let end = text.length;
  while (text.charAt(end - 1) === '\n') end -= 1;
  return text.slice(text.lastIndexOf('\n', end - 1) + 1, end);
}

/**
 * Takes a note apart without checking its signatures: verifyNote does.
 * @throws {TlogError} incomplete when it ends before its first signature or within a line,
 * otherwise unreadable
 */
export function parseNote(note: string): Note {
  if (!note.isWellFormed()) {
    throw new TlogError('unreadable', 'the note holds half a character, so it is not UTF-8');
  }
  if (CONTROL.test(note)) {
    throw new TlogError('unreadable', 'the note has a control character other than newline');
  }
  if (!note.endsWith('\n')) throw new TlogError('incomplete', 'the note ends within a line');
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0) {
    throw new TlogError('incomplete', 'the note has no blank line with signatures after it');
  }
  const text = note.slice(0, blank + 1);
  const lines = note.slice(blank + 2);
  if (lines === '') {
    throw lastLineOf(text).startsWith(DASH)
      ? new TlogError('unreadable', 'the note has an extra newline after its signatures')
      : new TlogError('incomplete', 'the note has no signatures');
  }
  return { text, signatures: parseSignatures(lines, 'the note') };
}

/** A signature that holds, and the key it was made with. */
export interface VerifiedSignature extends NoteSignature {
  key: VerifierKey;
}

/**
 * Checks every signature made by a key that is known by name and id, and passes over the others.
 * @returns those that hold, in the note's order
 * @throws {TlogError} tampered when a known key's signature does not hold, or none is of a known
 * key; unreadable when two different known keys have one name and id
 */
export async function verifyNote(
  note: Note,
  keys: readonly VerifierKey[],
  verify: VerifyEd25519,
): Promise<VerifiedSignature[]> {
  const held: VerifiedSignature[] = [];
  for (const line of note.signatures) {
    const key = findKey(keys, line);
    if (key === undefined) continue;
    if (!(await holds(note.text, line.signature, key, verify))) {
      throw new TlogError('tampered', `the note's signature by ${keyLabel(key)} does not hold`);
    }
    held.push({ ...line, key });
  }
  if (held.length === 0) {
    const signers = note.signatures.map(keyLabel).join(', ');
    throw new TlogError('tampered', `the note is signed by no known key, only by ${signers}`);
  }
  return held;
}

async function holds(
  text: string,
  signature: Uint8Array,
  key: VerifierKey,
  verify: VerifyEd25519,
): Promise<boolean> {
  if (key.algorithm === COSIGNATURE_V1) {
    const cosignature = parseCosignature(signature);
    if (cosignature === null) return false;
    const message = cosignatureMessage(cosignature.timestamp, text);
    return verify(key.publicKey, message, cosignature.signature);
  }
  return signature.length === 64 && verify(key.publicKey, toUtf8(text), signature);
}
