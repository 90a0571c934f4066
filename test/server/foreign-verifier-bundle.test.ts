import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { appendAudit } from '#server/audit/entry.ts';
import { NO_POLICY, readLogKey } from '#server/audit/verify/policy.ts';
import { verifyBundle } from '#server/audit/verify/verify-bundle.ts';
import { asOwner } from '#test/support/as-owner.ts';
import { BUNDLE_ATTACKS } from '#test/support/bundle-attacks.ts';
import { makeFolder } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { hasPython, verifyInPython } from '#test/support/python-verifier.ts';
import { runSigned, type SignedRun } from '#test/support/signed-run.ts';
import { writeBundle } from '#test/support/written-bundle.ts';

const base = useDatabase();
let run: SignedRun;
let lines: string[];

/** Acts on a person whom two operators erase afterwards. */
async function eraseSomeone(): Promise<void> {
  const [ref, first, second] = [randomUUID(), randomUUID(), randomUUID()];
  const person = `member:${ref}`;
  const entry = (action: string, target: string, fields: object[] = []) => ({
    action,
    outcome: 'accepted' as const,
    occurred_at: Date.now(),
    actor: 'operator:1',
    target,
    fields: fields as { name: string; value: unknown }[],
  });
  const about = (value: string) => [
    { name: 'reason', value, subject: person },
    { name: 'name', value: 'Ada', subject: person },
  ];
  await base.db.begin(async (tx) => {
    await appendAudit(tx, [
      entry('participant.muted', person, about('again')),
      entry('participant.removed', person, about('and again')),
      entry('operator.invited', `operator:${first}`),
      entry('operator.invited', `operator:${second}`),
    ]);
    await tx`insert into member (id, ref, handle, name) values ('erased', ${ref}, 'ada', 'Ada')`;
    await tx`
      insert into operator (id, name, roles)
      values (${first}, 'First', '{lead}'), (${second}, 'Second', '{lead}')`;
  });
  await asOwner(base, async (sql) => {
    const [asked] = await sql`
      select audit.request_erasure('erased', 'asked for it', ${`operator:${first}`}) as id`;
    const [done] = await sql`
      select * from audit.erase_subject(${asked?.id}, ${`operator:${second}`})`;
    expect(done).toMatchObject({ ended: 'erased', fields: 4 });
  });
}

function verify(written: readonly string[], end = '\n') {
  const file = join(makeFolder(), 'bundle.ndjson');
  writeFileSync(file, written.join('\n') + end);
  return verifyInPython('--vkey', run.vkey, file);
}

/** What `rostrum audit verify` says. */
async function ownVerdict(written: readonly string[]): Promise<string> {
  const logKeys = [readLogKey(run.vkey, 'the test')];
  const policy = { ...NO_POLICY, origin: run.origin, logKeys };
  const bytes = Readable.from([Buffer.from(`${written.join('\n')}\n`)]);
  return (await verifyBundle('the bundle', bytes, policy)).verdict;
}

describe.skipIf(!hasPython())('bundles, by a verifier that shares no code with Rostrum', () => {
  beforeAll(async () => {
    run = await runSigned(base, [150, eraseSomeone, 140]);
    lines = await writeBundle(base, run, 'before');
    return run.remove;
  }, 60_000);

  it('accepts one of the whole log, with withheld and erased fields', async () => {
    const { verdict, said } = await verify(lines);
    expect(said).toMatch(/events: 296, .* 290 withheld, 4 erased; erasures: 1\n/);
    expect(verdict).toBe('sound');
  });

  for (const { what, verdict, said, attack } of BUNDLE_ATTACKS) {
    it(`refuses ${what}: ${verdict}`, async () => {
      const forged = attack([...lines]);
      expect(forged).not.toEqual(lines);
      const answer = await verify(forged);
      expect(answer.said).toContain(said);
      expect(answer.verdict).toBe(verdict);
      expect(await ownVerdict(forged)).toBe(verdict);
    });
  }

  it('refuses one that is cut off within its last line', async () => {
    expect(await verify(lines, '')).toMatchObject({ verdict: 'incomplete' });
    expect(await verify(lines.slice(0, 9), '')).toMatchObject({ verdict: 'incomplete' });
  });
});
