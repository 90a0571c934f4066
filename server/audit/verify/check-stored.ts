import { parseLeaf } from '#app/domain/audit/tlog/leaf.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { Erasures } from './erasures.ts';
import { commitmentHex, fieldDigestText, leafHashText } from './fast-hash.ts';
import type { Findings } from './findings.ts';
import { type Columns, differenceFrom, isoOf } from './stated-event.ts';
import { type StoredEvent, type StoredField, type StoredRow, uuidText } from './stored-event.ts';

const EVENT = Buffer.from('event');
const COUNT = Buffer.from('count');
/** Fewer bits than this could be guessed, and with them the value. */
const SHORTEST_SALT = 16;

/**
 * Checks all that is stored of one event against itself: fields, commitment, leaf, hashes, columns.
 * @param id its UUID
 */
export function checkStored(
  event: StoredEvent,
  id: string,
  findings: Findings,
  erasures: Erasures,
): void {
  const about = { event: id, ...(event.index !== null && { index: event.index }) };
  const tampered = (what: string) => findings.add('tampered', what, about);
  const { row, fields, promised } = event;
  if (row === null) {
    tampered(
      event.index === null
        ? 'it waits to be sequenced, but the event itself is gone'
        : 'it is in the tree, but the event itself is gone',
    );
    return;
  }
  const kind = row.action === 'member.erased' ? 'erasure' : 'event';
  const digests = fields.map((field) => digestOf(field, id, erasures, tampered));
  if (kind === 'erasure') {
    const count = fields.find(({ name }) => name.equals(COUNT));
    erasures.recorded(id, count?.value?.toString() ?? null);
  }
  const commitment = commitmentHex(digests);
  const { recordedAt } = row;
  const time = isoOf(recordedAt);
  const leaf = `{"c":"${commitment}","id":"${id}","k":"${kind}","t":"${time}","v":1}`;
  const isAsMade =
    row.leaf.length === leaf.length &&
    row.leaf.toString('latin1') === leaf &&
    Number.isInteger(recordedAt);
  if (!isAsMade) tampered(flawOf(row, id, { commitment, kind, recordedAt }, fields));

  const hash = leafHashText(row.leaf);
  if (row.leafHash !== hash) tampered('its leaf_hash is not the hash of its leaf');
  if (promised.toString('latin1') !== hash) {
    tampered(
      event.index === null
        ? 'its leaf is not the one the outbox promises'
        : 'its leaf is not the one that was sequenced',
    );
  }
  const stated = fields.find(({ name }) => name.equals(EVENT))?.value;
  if (!stated) {
    tampered('its field event is gone, which says what its columns were');
    return;
  }
  const difference = differenceFrom(stated.toString(), columnsOf(row));
  if (difference !== null) tampered(difference);
}

const NO_DIGEST = '\0'.repeat(32);

/** A field's digest, one character a byte. */
function digestOf(
  { name, salt, value, digest, erasedBy }: StoredField,
  id: string,
  erasures: Erasures,
  tampered: (what: string) => void,
): string {
  if (salt !== null && value !== null) {
    if (salt.length < SHORTEST_SALT) tampered(`the salt of its field ${name} is too short`);
    return fieldDigestText(name, salt, value);
  }
  if (digest === null || erasedBy === null) {
    tampered(
      `its field ${name} has lost its ${value === null ? 'value' : 'salt'} without an erasure`,
    );
    return digest?.toString('latin1') ?? NO_DIGEST;
  }
  if (salt !== null || value !== null) {
    tampered(
      `its field ${name} is erased, but its ${salt === null ? 'value' : 'salt'} is still there`,
    );
  }
  erasures.erased(id, uuidText(erasedBy));
  return digest.toString('latin1');
}

/** Says in which way a leaf is not the one that its event makes. */
function flawOf(
  { leaf }: StoredRow,
  id: string,
  made: { commitment: string; kind: string; recordedAt: number },
  fields: readonly StoredField[],
): string {
  try {
    const parsed = parseLeaf(leaf);
    if (parsed.id !== id) return `its leaf is that of ${parsed.id}`;
    if (Buffer.from(parsed.commitment).toString('hex') !== made.commitment) {
      const names = fields.map(({ name }) => name.toString()).join(', ');
      return `its fields are not those its leaf commits to: one of ${names || 'none'} was changed, or one was added or removed`;
    }
    if (parsed.kind !== made.kind)
      return `its leaf is of the kind ${parsed.kind}, not ${made.kind}`;
    return `its recorded_at is ${isoOf(made.recordedAt)}, but its leaf says ${parsed.time}`;
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    return `its leaf was changed: ${error.message}`;
  }
}

function columnsOf(row: StoredRow): Columns {
  return {
    action: row.action,
    version: String(row.version),
    outcome: row.outcome,
    occurred_at: row.occurredAt,
    actor: row.actor,
    target_type: row.targetType,
    target: row.target,
    room: row.room,
    case: row.case,
    correlation: row.correlation,
    parent: row.parent,
    reverses: row.reverses,
  };
}
