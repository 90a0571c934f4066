import fc from 'fast-check';
import type postgres from 'postgres';
import { expect, it } from 'vitest';
import { useDatabase } from '#test/support/postgres.ts';
import { asOwner } from '#test/support/rooms.ts';

const database = useDatabase();

const uuid = '019a0000-0000-7000-8000-000000000000';
/** Mostly as it should be; now and then something that must be refused. */
const orWrong = <Good>(good: fc.Arbitrary<Good>, ...wrong: unknown[]) =>
  fc.oneof({ weight: 25, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });

const field = fc.record(
  {
    name: orWrong(
      fc.constantFrom('before', 'after', 'reason', 'a.b_1'),
      '',
      'event',
      'Upper',
      null,
      'x'.repeat(65),
    ),
    value: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(noNul(value))),
    subject: orWrong(fc.constantFrom('member:1', null), '', 'ئ'.repeat(300), 7),
    more: fc.constant(1),
  },
  { requiredKeys: ['name', 'value'], noNullPrototype: true },
);

const event = fc.record(
  {
    action: orWrong(fc.constant('room.locked'), 'member.erased', 'log.corrected', 'x', null),
    outcome: orWrong(fc.constantFrom('accepted', 'refused'), 'perhaps', null),
    occurred_at: orWrong(fc.constantFrom(0, 1_612_701_296_789, 1.5), -1, '1', null, 1e300),
    actor: orWrong(fc.constant('operator:1'), '', null, '\n'),
    version: orWrong(fc.constantFrom(1, 2, null), 0, 10),
    target_type: fc.constantFrom('room', null),
    target: orWrong(fc.constant('room:tea'), ''),
    room: fc.constantFrom('tea', null),
    case: fc.constantFrom('case:1', null),
    correlation: orWrong(fc.constantFrom(uuid, null), 'no'),
    parent: orWrong(fc.constant(null), 0, 1, 'x', -1),
    reverses: orWrong(fc.constantFrom(uuid, null), 'no'),
    fields: orWrong(
      fc.uniqueArray(field, { maxLength: 4, selector: ({ name }) => name }),
      null,
      {},
      'x',
      [1],
      [null],
    ),
  },
  { requiredKeys: ['action', 'outcome', 'occurred_at', 'actor'], noNullPrototype: true },
);

const noNul = (value: unknown) => JSON.stringify(value).replaceAll(/\\u0000|\\ud[89a-f]../g, '');

const FILLER = { action: 'a.b', outcome: 'accepted', occurred_at: 1, actor: 'system' };

/** What is recorded of the first of some events, or why they are refused; nothing stays. */
async function recordedOf(sql: postgres.Sql, events: unknown[]) {
  const undone = new Error('undone');
  let recorded: unknown;
  const work = sql.begin(async (tx) => {
    const [first] = await tx`
      select event_id, ordinal from audit.append(${JSON.stringify(events)}::text::jsonb)
      order by ordinal`;
    const id = first?.event_id;
    const [row] = await tx`
      select to_jsonb(e) - '{event_id,recorded_at,leaf,leaf_hash}'::text[] as event,
        (select jsonb_agg(to_jsonb(d) - '{event_id,salt}'::text[] order by d.name)
          from audit.disclosure d where d.event_id = e.event_id) as fields,
        (select to_jsonb(o) - '{event_id,leaf_hash,xid}'::text[] || jsonb_build_object(
            'same', o.leaf_hash = e.leaf_hash, 'hash', o.leaf_hash = sha256('\\x00'::bytea || e.leaf))
          from audit.outbox o where o.event_id = e.event_id) as queued,
        e.leaf = audit.leaf(sha256('rostrum/v1/body\\000'::bytea || (
            select string_agg(digest, ''::bytea order by digest) from (
              select audit.field_digest(d.salt, d.name, d.value) as digest
              from audit.disclosure d where d.event_id = e.event_id) x)),
          e.event_id, e.recorded_at) as leaf_agrees
      from audit.event e where e.event_id = ${id}`;
    recorded = { ordinal: first?.ordinal, ...row };
    throw undone;
  });
  const error = await work.catch((reason: unknown) => reason);
  if (error === undone) return recorded;
  const { code, message } = error as { code: string; message: string };
  return { code, message };
}

it('records of an event that comes alone what it records of the first of many, or refuses the same', async () => {
  const seen = { recorded: 0, refused: 0 };
  await asOwner(database.ownerUrl, async (sql) => {
    await fc.assert(
      fc.asyncProperty(event, async (one) => {
        const alone = await recordedOf(sql, [one]);
        expect(alone).toEqual(await recordedOf(sql, [one, FILLER]));
        if (alone && typeof alone === 'object' && 'code' in alone) {
          expect(alone.code).toBe('22023');
          seen.refused++;
        } else {
          expect(alone).toMatchObject({ ordinal: 0, leaf_agrees: true });
          seen.recorded++;
        }
      }),
      { numRuns: Number(process.env.APPEND_RUNS ?? 150) },
    );
  });
  expect(seen.recorded).toBeGreaterThan(20);
  expect(seen.refused).toBeGreaterThan(20);
});
