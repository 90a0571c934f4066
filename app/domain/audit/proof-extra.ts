import { fromUtf8, toUtf8 } from './tlog/encoding.ts';
import { TlogError } from './tlog/tlog-error.ts';

/**
 * What Rostrum puts into the extra line of a .tlog-proof: the leaf, so that the file can be checked
 * by itself, and the event's fields where they are disclosed. Nothing vouches for it but that the
 * leaf's hash leads to the signed root, and the fields' digests make the leaf's commitment.
 */
export interface ProofExtra {
  /** The leaf's bytes as text. */
  leaf: string;
  /** As export bundles have them, all of the event's; unchecked. */
  fields?: unknown;
}

export function formatProofExtra(extra: ProofExtra): Uint8Array {
  return toUtf8(JSON.stringify(extra));
}

/** Reads it; other keys are left out. @throws {TlogError} incomplete when there is no leaf */
export function parseProofExtra(extra: Uint8Array | null): ProofExtra {
  if (extra === null) {
    throw new TlogError('incomplete', 'the proof has no extra line, so it does not say of what');
  }
  let json: unknown;
  try {
    json = JSON.parse(fromUtf8(extra, "the proof's extra data"));
  } catch (error) {
    if (error instanceof TlogError) throw error;
    throw new TlogError('unreadable', "the proof's extra data is not JSON");
  }
  const { leaf, fields } = (json ?? {}) as Record<string, unknown>;
  if (typeof leaf !== 'string') {
    throw new TlogError('incomplete', "the proof's extra data has no leaf");
  }
  return { leaf, ...(fields !== undefined && { fields }) };
}
