import { formatProofExtra } from '#app/domain/audit/proof-extra.ts';
import { parseCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { fieldDigest } from '#app/domain/audit/tlog/commitment.ts';
import { toBase64 } from '#app/domain/audit/tlog/encoding.ts';
import { parseNote } from '#app/domain/audit/tlog/note.ts';
import { formatTlogProof } from '#app/domain/audit/tlog/proof-file.ts';
import { proveInclusion } from '#app/domain/audit/tlog/prove.ts';
import { readHashesFrom } from '#app/domain/audit/tlog/tile.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { Sql } from '#db/client.ts';
import { readCheckpointNote, readTileFile } from './published-log.ts';
import { readFields } from './read-fields.ts';
import { sha256 } from './sha256.ts';

/**
 * Proof that an event is in the log, as the text of a .tlog-proof with the leaf in its extra line.
 * @param names of fields to disclose; the others go by their digests. Null: no fields at all.
 * @throws {TlogError} incomplete when the event waits to be sequenced, unreadable when there is none,
 * or no such field that may be seen
 */
export async function proveEvent(
  sql: Sql,
  event: string,
  names: readonly string[] | null,
): Promise<string> {
  const [found] = await sql<{ leaf: Buffer; index: number | null }[]>`
    select e.leaf, l.leaf_index as index
    from audit.event e left join audit.leaf l using (event_id) where e.event_id = ${event}`;
  if (!found) throw new TlogError('unreadable', `there is no event ${event}`);
  const note = await readCheckpointNote(sql);
  const size = note === null ? 0 : parseCheckpoint(parseNote(note).text).size;
  if (note === null || found.index === null || found.index >= size) {
    throw new TlogError('incomplete', `the event ${event} is not in the signed tree yet`);
  }
  const read = readHashesFrom(sha256, size, async (tile) => {
    const bytes = await readTileFile(sql, tile);
    if (bytes === null)
      throw new TlogError('incomplete', 'the log lacks a tile that it has signed');
    return bytes;
  });
  const leaf = found.leaf.toString('utf8');
  const fields = names === null ? undefined : await disclose(sql, event, names);
  return formatTlogProof({
    extra: formatProofExtra({ leaf, ...(fields && { fields }) }),
    index: found.index,
    hashes: await proveInclusion(sha256, read, found.index, size),
    checkpoint: note,
  });
}

async function disclose(sql: Sql, event: string, names: readonly string[]) {
  const fields = (await readFields(sql, [event])).get(event) ?? [];
  for (const name of names) {
    const field = fields.find((each) => each.name === name);
    if (!field) throw new TlogError('unreadable', `the event has no field ${name}`);
    if (field.text === null) {
      const why = field.erasedBy === null ? 'sealed' : 'erased';
      throw new TlogError('unreadable', `the field ${name} is ${why}`);
    }
  }
  return fields.map(({ name, text, salt, digest, erasedBy, erasedAt }) => {
    if (names.includes(name)) return { name, salt: toBase64(salt as Buffer), value: text };
    return {
      name,
      salt: null,
      value: null,
      digest: toBase64(
        digest ?? fieldDigest(sha256, { name, salt: salt as Buffer, value: text as string }),
      ),
      ...(erasedBy !== null && { erased_by: erasedBy, erased_at: erasedAt }),
    };
  });
}
