import { commitmentOf, fieldDigest } from '#app/domain/audit/tlog/commitment.ts';
import { fromBase64, hashFromBase64 } from '#app/domain/audit/tlog/encoding.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { sha256 } from '#server/audit/sha256.ts';

/** A field as export bundles and proofs have it: disclosed, or its digest in its place. */
export type ExportedField = {
  name: string;
} & (
  | { salt: string; value: string; digest?: undefined; erased_by?: undefined }
  | { salt: null; value: null; digest: string; erased_by?: string; erased_at?: string }
);

const SHORTEST_SALT = 16;
const MOST_FIELDS = 65;

const isText = (value: unknown): value is string => typeof value === 'string';

/**
 * Reads fields that came as JSON.
 * @throws {TlogError} unreadable
 */
export function readFields(json: unknown): ExportedField[] {
  if (!Array.isArray(json) || json.length === 0 || json.length > MOST_FIELDS) {
    throw new TlogError('unreadable', `it has no list of 1 to ${MOST_FIELDS} fields`);
  }
  const names = new Set<string>();
  for (const field of json) {
    if (typeof field !== 'object' || field === null || !isText(field.name)) {
      throw new TlogError('unreadable', 'it has a field without a name');
    }
    const { name, salt, value, digest } = field;
    if (names.has(name)) throw new TlogError('unreadable', `it has the field ${name} twice`);
    names.add(name);
    const disclosed = isText(salt) && isText(value) && digest === undefined;
    const kept = (salt ?? null) === null && (value ?? null) === null && isText(digest);
    if (!disclosed && !kept) {
      throw new TlogError(
        'unreadable',
        `its field ${name} has neither salt and value nor a digest`,
      );
    }
    if (field.erased_by !== undefined && !(kept && isText(field.erased_by))) {
      throw new TlogError('unreadable', `its field ${name} names an erasure, but is not erased`);
    }
  }
  return json;
}

function digestOf(field: ExportedField): Uint8Array {
  const { name } = field;
  if (field.value === null) return hashFromBase64(field.digest, `the digest of its field ${name}`);
  const salt = fromBase64(field.salt, `the salt of its field ${name}`);
  if (salt.length < SHORTEST_SALT) {
    throw new TlogError('unreadable', `the salt of its field ${name} has ${salt.length} bytes`);
  }
  return fieldDigest(sha256, { name, salt, value: field.value });
}

/** What an event with these fields commits to. @throws {TlogError} unreadable */
export function commitmentOfFields(fields: readonly ExportedField[]): Uint8Array {
  return commitmentOf(sha256, fields.map(digestOf));
}
