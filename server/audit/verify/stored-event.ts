import { type CopiedRow, columnOf } from './copy-rows.ts';

/** A field as it is stored; null for null. */
export interface StoredField {
  name: Buffer;
  salt: Buffer | null;
  value: Buffer | null;
  digest: Buffer | null;
  erasedBy: Buffer | null;
}

/** An event's row. Texts are made at once: a buffer for each column would cost twice as much. */
export interface StoredRow {
  /** Milliseconds since 1970, with a fraction. */
  recordedAt: number;
  occurredAt: number;
  action: string;
  version: number;
  outcome: string;
  actor: string;
  targetType: string | null;
  target: string | null;
  room: string | null;
  case: string | null;
  correlation: string | null;
  parent: string | null;
  reverses: string | null;
  leaf: Buffer;
  /** One character a byte. */
  leafHash: string;
}

/** All that is stored of one event. */
export interface StoredEvent {
  /** Place in the tree; null while it waits. */
  index: number | null;
  id: Buffer;
  /** As the tree's leaf has it, or the outbox. */
  promised: Buffer;
  /** Null: there is no such event. */
  row: StoredRow | null;
  fields: StoredField[];
}

const FROM = {
  leaf: (from: number, to: number) =>
    `(select leaf_index, event_id, leaf_hash from audit.leaf
      where leaf_index >= ${from} and leaf_index < ${to} order by leaf_index) l`,
  outbox: () => '(select null::int8 as leaf_index, event_id, leaf_hash from audit.outbox) l',
};

/**
 * One row for the event and one for each of its fields, those of an event together: whatever a row
 * is not about is null.
 */
const queryOver = (from: string, order: string) => `
  select l.leaf_index, l.event_id, l.leaf_hash, f.*
  from ${from}
  left join lateral (
    select null::text as name, null::bytea as salt, null::text as value, null::bytea as digest,
      null::uuid as erased_by, e.recorded_at, e.occurred_at, e.action, e.action_version, e.outcome,
      e.actor_ref, e.target_type, e.target_ref, e.room_ref, e.case_ref, e.correlation_id,
      e.parent_id, e.reverses_id, e.leaf, e.leaf_hash as own_hash
    from audit.event e where e.event_id = l.event_id
    union all
    select d.name, d.salt, d.value, d.digest, d.erased_by, null, null, null, null, null, null, null,
      null, null, null, null, null, null, null, null
    from audit.disclosure d where d.event_id = l.event_id
  ) f on true
  order by ${order}`;

/** Leaves of a range of the tree, with their events. */
export function leafQuery(from: number, to: number): string {
  return queryOver(FROM.leaf(from, to), 'l.leaf_index');
}

/** Events that wait to be sequenced. */
export function outboxQuery(): string {
  return queryOver(FROM.outbox(), 'l.event_id');
}

const ID = 1;
/** Columns that are never null: a row without one of them is no event. */
const REQUIRED = [8, 9, 10, 11, 12, 13, 21, 22];

/** Puts an event's rows together. */
export class EventGatherer {
  readonly #take: (event: StoredEvent) => void;
  #event: StoredEvent | null = null;

  constructor(take: (event: StoredEvent) => void) {
    this.#take = take;
  }

  row(row: CopiedRow): void {
    const { bytes, from, to } = row;
    const at = from[ID] as number;
    if (this.#event === null || this.#event.id.compare(bytes, at, at + 16) !== 0) {
      this.end();
      const index = columnOf(row, 0);
      this.#event = {
        index: index && Number(index.readBigInt64BE()),
        id: columnOf(row, ID) as Buffer,
        promised: columnOf(row, 2) as Buffer,
        row: null,
        fields: [],
      };
    }
    const name = columnOf(row, 3);
    if (name) {
      this.#event.fields.push({
        name,
        salt: columnOf(row, 4),
        value: columnOf(row, 5),
        digest: columnOf(row, 6),
        erasedBy: columnOf(row, 7),
      });
    } else if (REQUIRED.every((column) => (to[column] as number) >= 0)) {
      this.#event.row = rowOf(row);
    }
  }

  end(): void {
    if (this.#event !== null) this.#take(this.#event);
    this.#event = null;
  }
}

function rowOf(row: CopiedRow): StoredRow {
  const { bytes, from, to } = row;
  return {
    recordedAt: instantAt(bytes, from[8] as number),
    occurredAt: instantAt(bytes, from[9] as number),
    action: textOf(row, 10) as string,
    version: bytes.readInt16BE(from[11]),
    outcome: textOf(row, 12) as string,
    actor: textOf(row, 13) as string,
    targetType: textOf(row, 14),
    target: textOf(row, 15),
    room: textOf(row, 16),
    case: textOf(row, 17),
    correlation: uuidOf(row, 18),
    parent: uuidOf(row, 19),
    reverses: uuidOf(row, 20),
    leaf: columnOf(row, 21) as Buffer,
    leafHash: bytes.toString('latin1', from[22], to[22]),
  };
}

function textOf({ bytes, from, to }: CopiedRow, column: number): string | null {
  const end = to[column] as number;
  return end < 0 ? null : bytes.toString('utf8', from[column], end);
}

function uuidOf(row: CopiedRow, column: number): string | null {
  const bytes = columnOf(row, column);
  return bytes && uuidText(bytes);
}

/** Text of a UUID's 16 bytes. */
export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const EPOCH_2000 = 946_684_800_000;

/** Of a time as PostgreSQL sends it, microseconds since 2000 in 8 bytes. */
function instantAt(bytes: Buffer, at: number): number {
  return (bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4)) / 1_000 + EPOCH_2000;
}
