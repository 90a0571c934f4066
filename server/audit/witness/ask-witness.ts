import { parseCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import type { VerifierKey } from '#app/domain/audit/tlog/key.ts';
import { formatSignature, parseNote, verifyNote } from '#app/domain/audit/tlog/note.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { formatAddCheckpoint, readWitnessAnswer } from '#app/domain/audit/tlog/witness.ts';
import { verifyEd25519 } from '#server/audit/ed25519.ts';

/** A witness that a log asks for its cosignature. */
export interface Witness {
  /** Of its add-checkpoint call, up to that. */
  url: string;
  key: VerifierKey;
}

/** A witness has cosigned a larger tree than the checkpoint's. */
export class WitnessAhead extends TlogError {
  /** Entries of that tree. */
  readonly size: number;

  constructor(seen: number, size: number) {
    super('tampered', `it has seen ${seen} entries, more than the log's ${size}`);
    this.size = seen;
  }
}

/** Proof that the checkpoint's tree begins with its first `size` entries. */
export type ProveFrom = (size: number) => Promise<Uint8Array[]>;

const LONGEST = 5_000;
const LARGEST_ANSWER = 16 << 10;

/**
 * Asks a witness to cosign a checkpoint; where it has seen another one than we think, once more.
 * @param note the checkpoint's, byte for byte
 * @param knownSize what the witness is thought to have cosigned last; 0 for none
 * @returns the cosignature's line, which holds
 * @throws {WitnessAhead}
 * @throws {TlogError} saying why there is none
 */
export async function askWitness(
  { url, key }: Witness,
  note: string,
  knownSize: number,
  prove: ProveFrom,
): Promise<string> {
  const { text } = parseNote(note);
  const { size } = parseCheckpoint(text);
  let oldSize = Math.min(knownSize, size);
  for (let attempt = 0; attempt < 2; attempt++) {
    const answer = await send(
      url,
      formatAddCheckpoint({ oldSize, proof: await prove(oldSize), checkpoint: note }),
    );
    if (answer.kind === 'cosigned') {
      const held = await verifyNote({ text, signatures: answer.signatures }, [key], verifyEd25519);
      return formatSignature(held[0] as (typeof held)[0]);
    }
    if (answer.kind === 'refused') {
      throw new TlogError('unreadable', `it answers ${answer.status}: ${answer.reason}`);
    }
    if (answer.size > size) throw new WitnessAhead(answer.size, size);
    oldSize = answer.size;
  }
  throw new TlogError('unreadable', 'it changes its mind about what it has seen');
}

async function send(url: string, body: string) {
  let response: Response;
  try {
    response = await fetch(`${url.replace(/\/+$/, '')}/add-checkpoint`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      redirect: 'error',
      signal: AbortSignal.timeout(LONGEST),
    });
    const text = await response.text();
    if (text.length > LARGEST_ANSWER) throw new TlogError('unreadable', 'its answer is too long');
    return readWitnessAnswer(response.status, response.headers.get('content-type'), text);
  } catch (error) {
    if (error instanceof TlogError) throw error;
    const { cause, message } = error as { cause?: { code?: string }; message?: string };
    throw new TlogError('unreadable', `it can't be reached (${cause?.code ?? message})`);
  }
}
