import { beforeAll, describe, expect, it } from 'vitest';
import { cellOf } from '#server/audit/export-csv.ts';
import { exportLog } from '#server/audit/export-log.ts';
import { readReads } from '#server/audit/read-reads.ts';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { verifyBundle } from '#server/audit/verify/verify-bundle.ts';
import { addOperator } from '#server/auth/operators.ts';
import { appendMany, sequencerOptions } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();
let ada = '';
const ASKED = { purpose: 'audit', why: 'The yearly audit' } as const;
const POLICY = { logKeys: [], witnessKeys: [], quorum: 0, pins: [] };

beforeAll(async () => {
  const added = await addOperator(base.db, 'system', {
    name: 'Ada',
    roles: ['auditor'],
    minutes: 5,
  });
  ada = added.ok ? added.id : '';
  await appendMany(base, 700);
});

async function take(input: object): Promise<Buffer> {
  const answer = await exportLog(base.db, `operator:${ada}`, { ...ASKED, ...input });
  if (!answer.ok) throw new Error(answer.reason);
  return Buffer.from(await new Response(answer.bytes).arrayBuffer());
}

async function verdictOf(bytes: Buffer) {
  const chunks = (async function* () {
    yield bytes;
  })();
  return verifyBundle('the export', chunks, POLICY as never);
}

describe('an export of the log', () => {
  it('is refused without a purpose, or before anything was signed', async () => {
    const ask = (input: object) => exportLog(base.db, `operator:${ada}`, input);
    const good = { ...ASKED, format: 'csv', query: {} };
    for (const bad of [
      { why: ' ' },
      { why: 'x'.repeat(501) },
      { purpose: 'fun' },
      { format: 'pdf' },
    ]) {
      expect(await ask({ ...good, ...bad })).toEqual({ ok: false, reason: 'invalid' });
    }
    expect(await ask({ ...good, format: 'ndjson' })).toEqual({ ok: false, reason: 'unavailable' });
    const [row] = await base.db.sql`
      select count(*) as events from audit.event where action = 'log.exported'`;
    expect(row?.events).toBe(0);
  });

  it('as CSV has every event that the filter finds, each once', async () => {
    const text = (await take({ format: 'csv', query: { action: 'room.locked' } })).toString();
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(701);
    expect(lines[0]).toMatch(/^\ufeffrecorded_at,event,action,/);
    expect(new Set(lines.map((line) => line.split(',')[1])).size).toBe(701);
    expect(lines[1]).toContain(',because of 699,');
  });

  it('as NDJSON is a bundle that checks by itself, whole or in part', async () => {
    await sequenceAll(sequencerOptions(base));
    const whole = await take({ format: 'ndjson', query: {} });
    const report = await verdictOf(whole);
    expect(report.findings).toEqual([]);
    expect(report.events).toBe(report.size);
    const part = await verdictOf(await take({ format: 'ndjson', query: { words: 'because 17' } }));
    expect(part).toMatchObject({ findings: [], events: 1 });
    const none = await verdictOf(await take({ format: 'ndjson', query: { room: 'nowhere' } }));
    expect(none).toMatchObject({ findings: [], events: 0 });
    const cut = await verdictOf(whole.subarray(0, whole.length - 30));
    expect(cut.verdict).not.toBe(0);
  });

  it('is on the record and in the log of reads before its first line', async () => {
    const answer = await exportLog(base.db, `operator:${ada}`, {
      ...ASKED,
      format: 'csv',
      query: { room: 'tea' },
    });
    const [event] = await base.db.sql`
      select d.value::jsonb as filter from audit.event e
      cross join lateral audit.fields_of(array[e.event_id]) d
      where e.action = 'log.exported' and d.name = 'filter' order by e.event_id desc limit 1`;
    expect(event?.filter).toEqual({ room: 'tea' });
    const [read] = (await readReads(base.db, ada, {}))?.rows ?? [];
    expect(read).toMatchObject({ subjectRef: 'export:log', fields: ['csv'], why: ASKED.why });
    expect(read?.releasedAt).not.toBeNull();
    if (answer.ok) await answer.bytes.cancel();
  });
});

it('leaves no formula for a spreadsheet', () => {
  expect(cellOf('=1+1')).toBe("'=1+1");
  expect(cellOf('@cmd, "x"')).toBe('"\'@cmd, ""x"""');
  expect(cellOf('two\nlines')).toBe('"two\nlines"');
  expect(cellOf('长街')).toBe('长街');
  expect(cellOf(null)).toBe('');
});
