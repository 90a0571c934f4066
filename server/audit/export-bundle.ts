import { type Checkpoint, parseCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { toBase64 } from '#app/domain/audit/tlog/encoding.ts';
import { parseNote } from '#app/domain/audit/tlog/note.ts';
import { type HashReader, proveInclusion } from '#app/domain/audit/tlog/prove.ts';
import { readHashesFrom } from '#app/domain/audit/tlog/tile.ts';
import type { AuditQuery } from '#app/domain/audit/view.ts';
import type { Sql } from '#db/client.ts';
import { readCheckpointNote, readTileFile, readVkeys } from './published-log.ts';
import { readFields, type StoredField } from './read-fields.ts';
import { sha256 } from './sha256.ts';
import { walkEvents } from './walk-events.ts';

const FORMAT = 'rostrum/audit-export/v1';
const AT_ONCE = 256;

/**
 * The events in the tree that a query finds as an export bundle, see docs/audit-log.md: by rising
 * index, each with its proof for the newest checkpoint, some hundred lines at a time. Sealed fields
 * stay sealed. Keeps 8 bytes per event found, and the lines of the moment.
 * @throws when nothing was signed yet
 */
export async function* bundleLines(sql: Sql, query: AuditQuery): AsyncGenerator<string, void> {
  const note = await readCheckpointNote(sql);
  if (note === null) throw new Error('Nothing was signed yet');
  const tree = parseCheckpoint(parseNote(note).text);
  const { before: _, after: __, ...filter } = query;
  yield lineOf({
    format: FORMAT,
    origin: tree.origin,
    vkeys: await readVkeys(sql, note),
    checkpoint: note,
    filter,
    made_at: new Date().toISOString(),
  });
  const isWhole = Object.keys(filter).length === 0;
  const indexes = isWhole ? null : await indexesOf(sql, filter, tree.size);
  const count = indexes?.length ?? tree.size;
  const erasures = new Set<string>();
  for (let from = 0; from < count; from += AT_ONCE) {
    const chunk = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, at) =>
      indexes === null ? from + at : (indexes[from + at] as number),
    );
    yield await linesOf(sql, tree, chunk, erasures);
  }
  const named = isWhole ? [] : await indexesOfEvents(sql, [...erasures], tree.size);
  const missing = named.filter((index) => !indexes?.includes(index)).sort((a, b) => a - b);
  if (missing.length > 0) yield await linesOf(sql, tree, missing, new Set());
  yield lineOf({ end: true, events: count + missing.length });
}

const lineOf = (value: object) => `${JSON.stringify(value)}\n`;

/** Places in the tree of all that a query finds, rising. */
async function indexesOf(sql: Sql, query: AuditQuery, size: number): Promise<Float64Array> {
  let found = new Float64Array(1_024);
  let count = 0;
  for await (const events of walkEvents(sql, query)) {
    // Those of the last moment are not in the listing yet, and perhaps in the tree.
    const unlisted = events.flatMap(({ id, index }) => (index === null ? [id] : []));
    const listed = events.flatMap(({ index }) => (index !== null && index < size ? [index] : []));
    for (const index of [...listed, ...(await indexesOfEvents(sql, unlisted, size))]) {
      if (count === found.length) {
        const grown = new Float64Array(count * 2);
        grown.set(found);
        found = grown;
      }
      found[count++] = index;
    }
  }
  return found.subarray(0, count).sort();
}

async function indexesOfEvents(sql: Sql, ids: readonly string[], size: number): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await sql<{ leaf_index: number }[]>`
    select leaf_index from audit.leaf
    where event_id = any(${[...ids]}::uuid[]) and leaf_index < ${size}`;
  return rows.map(({ leaf_index }) => leaf_index);
}

interface EventRow {
  leaf_index: number;
  event_id: string;
  leaf: Buffer;
  recorded_at: Date;
  occurred_at: Date;
  action: string;
  version: number;
  outcome: string;
  actor: string;
  target_type: string | null;
  target: string | null;
  room: string | null;
  case: string | null;
  correlation: string | null;
  parent: string | null;
  reverses: string | null;
}

/** @param erasures takes in the events that erased a field */
async function linesOf(
  sql: Sql,
  tree: Checkpoint,
  indexes: readonly number[],
  erasures: Set<string>,
): Promise<string> {
  const rows = await sql<EventRow[]>`
    select l.leaf_index, e.event_id, e.leaf, e.recorded_at, e.occurred_at, e.action,
      e.action_version as version, e.outcome, e.actor_ref as actor, e.target_type,
      e.target_ref as target, e.room_ref as room, e.case_ref as case,
      e.correlation_id as correlation, e.parent_id as parent, e.reverses_id as reverses
    from audit.leaf l join audit.event e using (event_id)
    where l.leaf_index = any(${[...indexes]}::bigint[]) order by l.leaf_index`;
  if (rows.length !== indexes.length) throw new Error('The log lacks events that it has signed');
  const fields = await readFields(
    sql,
    rows.map(({ event_id }) => event_id),
  );
  const read = remembering(
    readHashesFrom(sha256, tree.size, async (tile) => {
      const bytes = await readTileFile(sql, tile);
      if (bytes === null) throw new Error('The log lacks a tile of what it has signed');
      return bytes;
    }),
  );
  let text = '';
  for (const { leaf_index: index, event_id, leaf, ...columns } of rows) {
    const own = fields.get(event_id) ?? [];
    for (const { erasedBy } of own) if (erasedBy !== null) erasures.add(erasedBy);
    const proof = await proveInclusion(sha256, read, index, tree.size);
    text += lineOf({
      index,
      leaf: leaf.toString('utf8'),
      proof: proof.map(toBase64),
      event: Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null)),
      fields: own.map(exported),
    });
  }
  return text;
}

function exported({ name, text, salt, digest, erasedBy, erasedAt }: StoredField) {
  if (text !== null && salt !== null) return { name, salt: salt.toString('base64'), value: text };
  return {
    name,
    salt: null,
    value: null,
    digest: digest?.toString('base64'),
    ...(erasedBy !== null && { erased_by: erasedBy, erased_at: erasedAt }),
  };
}

/** Neighbours share most of their proofs: each node is worked out once. */
function remembering(read: HashReader): HashReader {
  const nodes = new Map<string, Promise<Uint8Array>>();
  return (level, index) => {
    const key = `${level}/${index}`;
    const known = nodes.get(key) ?? Promise.resolve(read(level, index));
    nodes.set(key, known);
    return known;
  };
}
