import { asOwner } from '#test/support/as-owner.ts';
import { naivePath } from '#test/support/naive-tree.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import type { SignedRun } from '#test/support/signed-run.ts';

interface EventRow {
  event_id: string;
  leaf: Buffer;
  event: object;
}

interface FieldRow {
  event_id: string;
  name: string;
  salt: Buffer | null;
  value: string | null;
  digest: Buffer;
  erased_by: string | null;
  erased_at: Date | null;
}

/**
 * The lines of an export bundle of the whole log, written by docs/audit-log.md.
 * @param withheld the name of a field to leave sealed
 */
export function writeBundle(
  base: TestDatabase,
  { origin, vkey }: SignedRun,
  withheld: string,
): Promise<string[]> {
  return asOwner(base, async (sql) => {
    const [head] = await sql<{ note: string }[]>`
      select note from audit.checkpoint order by tree_size desc limit 1`;
    const events = await sql<EventRow[]>`
      select event_id, leaf, json_strip_nulls(json_build_object(
        'recorded_at', audit.iso(recorded_at), 'occurred_at', audit.iso(occurred_at),
        'action', action, 'version', action_version, 'outcome', outcome, 'actor', actor_ref,
        'target_type', target_type, 'target', target_ref, 'room', room_ref, 'case', case_ref,
        'correlation', correlation_id, 'parent', parent_id, 'reverses', reverses_id)) as event
      from audit.leaf join audit.event using (event_id) order by leaf_index`;
    const fields = await sql<FieldRow[]>`
      select event_id, name, salt, value, erased_by, erased_at,
        coalesce(digest, audit.field_digest(salt, name, value)) as digest
      from audit.disclosure order by name`;
    const fieldsOf = Map.groupBy(fields, (field) => field.event_id);
    const leaves = events.map(({ leaf }) => leaf);
    const header = {
      format: 'rostrum/audit-export/v1',
      origin,
      vkeys: [vkey],
      checkpoint: head?.note,
      filter: {},
      made_at: new Date().toISOString(),
    };
    const lines = events.map(({ event_id, leaf, event }, index) => ({
      index,
      leaf: leaf.toString(),
      proof: naivePath(index, leaves).map((hash) => Buffer.from(hash).toString('base64')),
      event,
      fields: fieldsOf.get(event_id)?.map((field) => writeField(field, field.name === withheld)),
    }));
    return [header, ...lines, { end: true, events: lines.length }].map((line) =>
      JSON.stringify(line),
    );
  });
}

function writeField(field: FieldRow, isWithheld: boolean): object {
  const { name, salt, value, digest, erased_by, erased_at } = field;
  if (salt !== null && !isWithheld) return { name, salt: salt.toString('base64'), value };
  const sealed = { name, salt: null, value: null, digest: digest.toString('base64') };
  return erased_by === null ? sealed : { ...sealed, erased_by, erased_at };
}
