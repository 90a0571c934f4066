import type postgres from 'postgres';
import { beforeEach, describe, expect, test } from 'vitest';
import { formatCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { rootOf } from '#app/domain/audit/tlog/frontier.ts';
import { formatNote } from '#app/domain/audit/tlog/note.ts';
import { signEd25519 } from '#server/audit/ed25519.ts';
import { readLogKeys } from '#server/audit/log-key.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { useLivedCopies } from '#test/support/lived-copies.ts';
import type { LivedLog } from '#test/support/lived-log.ts';
import { ORIGIN } from '#test/support/log-tree.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { rebuildTiles } from '#test/support/rebuild-tiles.ts';
import { tamper } from '#test/support/tamper.ts';
import { verifyLived } from '#test/support/verify-lived.ts';

// What somebody with every right on the database might do, and that it is found.
let base: TestDatabase;
let log: LivedLog;

const lived = useLivedCopies();
beforeEach(() => {
  ({ base, log } = lived);
});

const { check, named, expectFound } = verifyLived(lived);

/** Takes an event out of every table of the log and closes the gap. */
async function deleteAndRenumber(sql: postgres.TransactionSql, event: string): Promise<void> {
  const [gone] = await sql`select leaf_index from audit.leaf where event_id = ${event}`;
  for (const table of ['event', 'disclosure', 'leaf']) {
    await sql`delete from audit.${sql(table)} where event_id = ${event}`;
  }
  await sql`delete from audit.listing where event_id = ${event}`;
  await sql`update audit.leaf set leaf_index = leaf_index + 1000 where leaf_index > ${gone?.leaf_index}`;
  await sql`update audit.leaf set leaf_index = leaf_index - 1001 where leaf_index >= 1000`;
}

describe('a superuser is found who', () => {
  test('deletes one event', async () => {
    const event = await log.newest('participant.removed');
    await tamper(base, (sql) => sql`delete from audit.event where event_id = ${event}`);
    await expectFound(event, /is in the tree, but the event itself is gone/);
  });

  test('deletes one event that waits', async () => {
    const event = await log.mute('cem');
    await tamper(base, async (sql) => {
      for (const table of ['event', 'disclosure', 'outbox']) {
        await sql`delete from audit.${sql(table)} where event_id = ${event}`;
      }
    });
    await expectFound(event, /named by the command/);
  });

  test('deletes one event and renumbers the leaves', async () => {
    const event = await log.newest('participant.removed');
    await tamper(base, (sql) => deleteAndRenumber(sql, event));
    const report = await check();
    expect(report.verdict).toBe('tampered');
    expect(named(report)).toContain(event);
    expect(report.findings.map(({ what }) => what).join('\n')).toMatch(/the tile has another hash/);
  });

  test('deletes one event, renumbers, and rebuilds tiles and checkpoint rows', async () => {
    const event = await log.newest('participant.removed');
    await tamper(base, async (sql) => {
      await deleteAndRenumber(sql, event);
      const root = await rebuildTiles(sql);
      await sql`update audit.checkpoint set root = ${Buffer.from(root)}, tree_size = tree_size - 1
        where tree_size = (select max(tree_size) from audit.checkpoint)`;
    });
    const report = await check();
    expect(report.verdict).toBe('tampered');
    expect(named(report)).toContain(event);
    const words = report.findings.map(({ what }) => what).join('\n');
    expect(words).toMatch(/stored beside another's note/);
    expect(words).toMatch(/changed, removed or put in was leaf \d+ \(event .*\) to leaf/);
  });

  test('rolls the tail back', async () => {
    const before = await log.newest('room.locked');
    const event = await log.mute('cem');
    await log.sequence();
    await tamper(base, (sql) => rollBack(sql, before));
    await expectFound(event, /named by the command/);
  });

  test('rolls the tail back with all that speaks of it: by a pin', async () => {
    const before = await log.newest('room.locked');
    await log.mute('cem');
    await log.sequence();
    const { size, root } = await check();
    await tamper(base, async (sql) => {
      await rollBack(sql, before);
      await sql`delete from command where audit_event_id > ${before}`;
      await sql`update participant set mute_rank = 0 where member_id = 'cem'`;
    });
    expect(await check()).toMatchObject({ verdict: 'sound' });
    const pin = {
      size: size as number,
      root: Buffer.from(root as string, 'base64'),
      from: 'a file',
    };
    const report = await check({ pins: [pin] });
    expect(report.verdict).toBe('tampered');
    expect(report.findings[0]?.what).toMatch(/the pin in a file has \d+: it was rolled back/);
  });

  test('has the log key and re-signs everything: by a pinned checkpoint', async () => {
    const event = await log.newest('participant.removed');
    const { size, root } = await check();
    await tamper(base, async (sql) => {
      await sql`update audit.disclosure set value = '"nothing at all"'
        where event_id = ${event} and name = 'reason'`;
      await sql`update command set input = jsonb_set(input, '{reason}', '"nothing at all"')
        where audit_event_id = ${event}`;
      await sql`
        update audit.event e set leaf = audit.leaf((
          select sha256('rostrum/v1/body\\000'::bytea || string_agg(g, ''::bytea order by g)) from (
            select audit.field_digest(d.salt, d.name, d.value) as g from audit.disclosure d
            where d.event_id = e.event_id) g), e.event_id, e.recorded_at)
        where e.event_id = ${event}`;
      await sql`update audit.event set leaf_hash = sha256('\\x00'::bytea || leaf) where event_id = ${event}`;
      await sql`update audit.leaf l set leaf_hash = e.leaf_hash from audit.event e
        where e.event_id = l.event_id and l.event_id = ${event}`;
      await rebuildTiles(sql);
      await resignAll(sql);
    });
    expect(await check()).toMatchObject({ verdict: 'sound' });
    const pin = {
      size: size as number,
      root: Buffer.from(root as string, 'base64'),
      from: 'a file',
    };
    const report = await check({ pins: [pin] });
    expect(report.verdict).toBe('tampered');
    expect(report.findings[0]?.what).toMatch(/is not the one that the pin in a file has/);
  });
});

/** Deletes everything of the log that came after an event, down to a checkpoint that was signed. */
async function rollBack(sql: postgres.TransactionSql, last: string): Promise<void> {
  for (const table of ['event', 'disclosure', 'leaf', 'listing']) {
    await sql`delete from audit.${sql(table)} where event_id > ${last}`;
  }
  await sql`delete from audit.checkpoint where tree_size > (select count(*) from audit.leaf)`;
  await rebuildTiles(sql);
}

async function resignAll(sql: postgres.TransactionSql): Promise<void> {
  const keys = readLogKeys(log.keyFile, ORIGIN, true);
  const rows = await sql<
    { leaf_hash: Buffer }[]
  >`select leaf_hash from audit.leaf order by leaf_index`;
  const sizes = await sql<{ tree_size: string }[]>`select tree_size from audit.checkpoint`;
  for (const { tree_size } of sizes) {
    const size = Number(tree_size);
    const root = rootOf(
      sha256,
      rows.slice(0, size).map(({ leaf_hash }) => leaf_hash),
    );
    const text = formatCheckpoint({ origin: ORIGIN, size, root, extensions: [] });
    const note = formatNote(
      text,
      keys.map(({ name, id, seed }) => ({ name, id, signature: signEd25519(seed, toUtf8(text)) })),
    );
    await sql`update audit.checkpoint set root = ${Buffer.from(root)}, note = ${note} where tree_size = ${size}`;
  }
}
