import { type Findings, MOST_NAMED } from './findings.ts';
import type { Snapshot } from './owner-database.ts';

/** How late an event may be in the tree, in seconds: what the log promises. */
const MERGE_PROMISE = 60;

interface Counts {
  leaves: number;
  events: number;
  waiting: number;
  fields: number;
}

/**
 * Finds what belongs to nothing: events in neither tree nor outbox, fields of no event, leaves and
 * tiles beyond the newest checkpoint; and events that have waited too long.
 * @param size leaves of the newest checkpoint
 * @param seen fields that were seen with their events
 */
export async function findLooseEnds(
  sql: Snapshot,
  findings: Findings,
  size: number,
  seen: { events: number; fields: number },
): Promise<void> {
  // Whole tables are compared here.
  await sql`set local enable_seqscan = on`;
  await sql`set local enable_hashjoin = on`;
  const [counts] = await sql<Counts[]>`
    select (select count(*) from audit.leaf) as leaves, (select count(*) from audit.event) as events,
      (select count(*) from audit.outbox) as waiting,
      (select count(*) from audit.disclosure) as fields`;
  const { leaves, events, waiting, fields } = counts as Counts;
  if (leaves > 0) await findBeyond(sql, findings, size);
  await findWideTiles(sql, findings, size);
  if (events !== leaves + waiting || events !== seen.events) await findLostEvents(sql, findings);
  if (fields !== seen.fields) await findLostFields(sql, findings);
  await findLate(sql, findings);
}

async function findBeyond(sql: Snapshot, findings: Findings, size: number): Promise<void> {
  const rows = await sql<{ event_id: string; leaf_index: number }[]>`
    select event_id, leaf_index from audit.leaf
    where leaf_index >= ${size} or leaf_index < 0 order by leaf_index limit ${MOST_NAMED}`;
  for (const { event_id: event, leaf_index: index } of rows) {
    findings.add('tampered', `it is a leaf beyond the newest checkpoint, of ${size}`, {
      event,
      index,
    });
  }
}

async function findWideTiles(sql: Snapshot, findings: Findings, size: number): Promise<void> {
  const rows = await sql<{ level: number; hashes: number; wanted: number }[]>`
    select level, sum(octet_length(hashes))::int8 / 32 as hashes,
      div(${size}, 256::numeric ^ level)::int8 as wanted
    from audit.tile group by level
    having sum(octet_length(hashes)) / 32 > div(${size}, 256::numeric ^ level)`;
  for (const { level, hashes, wanted } of rows) {
    findings.add('tampered', `the tiles of level ${level} have ${hashes} hashes, not ${wanted}`);
  }
}

async function findLostEvents(sql: Snapshot, findings: Findings): Promise<void> {
  const rows = await sql<{ event_id: string }[]>`
    select event_id from audit.event e
    where not exists (select from audit.leaf l where l.event_id = e.event_id)
      and not exists (select from audit.outbox o where o.event_id = e.event_id)
    order by event_id limit ${MOST_NAMED}`;
  for (const { event_id: event } of rows) {
    findings.add('tampered', 'it is neither in the tree nor does it wait to be', { event });
  }
  const twice = await sql<{ event_id: string }[]>`
    select event_id from audit.leaf join audit.outbox using (event_id) order by 1 limit ${MOST_NAMED}`;
  for (const { event_id: event } of twice) {
    findings.add('tampered', 'it is in the tree and waits to be', { event });
  }
}

async function findLostFields(sql: Snapshot, findings: Findings): Promise<void> {
  const rows = await sql<{ event_id: string; names: string }[]>`
    select event_id, string_agg(name, ', ' order by name) as names from audit.disclosure d
    where not exists (select from audit.event e where e.event_id = d.event_id)
    group by event_id order by event_id limit ${MOST_NAMED}`;
  for (const { event_id: event, names } of rows) {
    findings.add('tampered', `it is gone, but its fields are still there: ${names}`, { event });
  }
}

async function findLate(sql: Snapshot, findings: Findings): Promise<void> {
  const rows = await sql<{ event_id: string; seconds: number }[]>`
    select o.event_id, floor(extract(epoch from clock_timestamp() - e.recorded_at))::int8 as seconds
    from audit.outbox o join audit.event e using (event_id)
    where e.recorded_at < clock_timestamp() - make_interval(secs => ${MERGE_PROMISE})
    order by o.event_id limit ${MOST_NAMED}`;
  for (const { event_id: event, seconds } of rows) {
    const promised = `the log promises ${MERGE_PROMISE}`;
    findings.add('incomplete', `it has waited to be sequenced for ${seconds} s; ${promised}`, {
      event,
    });
  }
}
