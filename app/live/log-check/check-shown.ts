import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import { commitmentOf, fieldDigest } from '#app/domain/audit/tlog/commitment.ts';
import { fromBase64, hashFromBase64 } from '#app/domain/audit/tlog/encoding.ts';
import type { Leaf } from '#app/domain/audit/tlog/leaf.ts';
import { sha256 } from '#app/domain/audit/tlog/sha256.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { AuditEventView, HashedField } from '#app/domain/audit/view.ts';

/** What a page shows of an event, and what it was hashed from. */
export type ShownEvent = Pick<
  AuditEventView,
  | 'at'
  | 'action'
  | 'version'
  | 'outcome'
  | 'occurredAt'
  | 'actorRef'
  | 'targetType'
  | 'targetRef'
  | 'room'
  | 'case'
  | 'correlationId'
  | 'parentId'
  | 'reversesId'
  | 'fields'
  | 'hashed'
>;

/**
 * Checks that what a page shows is what the leaf commits to: the fields hash to its commitment, and
 * the columns and values shown are those in the fields.
 * @throws {TlogError} tampered with what differs; unreadable when a field has neither value nor digest
 */
export function checkShown(shown: ShownEvent, leaf: Leaf): void {
  const commitment = commitmentOf(sha256, shown.hashed.map(digestOf));
  if (!equalBytes(commitment, leaf.commitment)) {
    throw new TlogError('tampered', 'the fields are not those the leaf commits to');
  }
  if (shown.at !== leaf.time) {
    throw new TlogError('tampered', 'it was recorded at another time than its leaf says');
  }
  checkColumns(shown);
  checkValues(shown);
}

function digestOf({ name, text, salt, digest }: HashedField): Uint8Array {
  if (text !== null && salt !== null) {
    const bytes = fromBase64(salt, `the salt of the field ${name}`);
    return fieldDigest(sha256, { name, salt: bytes, value: text });
  }
  return hashFromBase64(digest ?? '', `the digest of the field ${name}`);
}

function checkColumns(shown: ShownEvent): void {
  const text = shown.hashed.find(({ name }) => name === 'event')?.text ?? null;
  if (text === null) throw new TlogError('incomplete', 'the public columns are not disclosed');
  const said = JSON.parse(text) as Record<string, unknown>;
  const columns: Record<string, unknown> = {
    action: shown.action,
    outcome: shown.outcome,
    actor: shown.actorRef,
    target_type: shown.targetType,
    target: shown.targetRef,
    room: shown.room,
    case: shown.case,
    correlation: shown.correlationId,
    parent: shown.parentId,
    reverses: shown.reversesId,
  };
  for (const [name, value] of Object.entries(columns)) {
    if (lower(said[name]) !== lower(value)) {
      throw new TlogError('tampered', `its ${name} is not the one that was recorded`);
    }
  }
  if ((said.version ?? 1) !== shown.version) {
    throw new TlogError('tampered', 'its version is not the one that was recorded');
  }
  const happened = said.occurred_at;
  const then = typeof happened === 'number' ? Math.trunc(happened) : Date.parse(String(happened));
  if (then !== Date.parse(shown.occurredAt)) {
    throw new TlogError('tampered', 'it happened at another time than was recorded');
  }
}

// UUIDs are recorded as they were sent, and shown in lower case.
function lower(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value).toLowerCase();
}

function checkValues({ fields, hashed }: ShownEvent): void {
  for (const { name, value, sealed, erasedAt } of fields) {
    if (sealed || erasedAt !== null) continue;
    const text = hashed.find((field) => field.name === name)?.text ?? null;
    if (text === null || JSON.stringify(JSON.parse(text)) !== JSON.stringify(value)) {
      throw new TlogError('tampered', `what is shown as its ${name} is not what was recorded`);
    }
  }
}
