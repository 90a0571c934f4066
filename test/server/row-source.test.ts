import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowSource } from '#server/rooms/row-source.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();

const source = rowSource({
  text: 'text',
  number: 'int',
  truth: 'boolean',
  at: 'timestamptz',
  id: 'uuid',
});

const awkward = [
  '',
  'null',
  'NULL',
  'a,b',
  '{}',
  '"',
  '\\',
  ' ',
  '\n',
  "'",
  '他说',
  'ئۇيغۇر',
  '$1',
  '-- ',
];
const cell = {
  text: fc.option(fc.oneof(fc.constantFrom(...awkward), fc.string({ unit: 'grapheme' }))),
  number: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  truth: fc.option(fc.boolean()),
  at: fc.option(
    fc
      .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  ),
  id: fc.option(fc.uuid()),
};

it('hands every row over as it is, one or many', async () => {
  const rows = fc.array(fc.record(cell), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      // No text of a database holds NUL.
      const sent = given.map((row) => ({ ...row, text: row.text?.replaceAll('\0', '') ?? null }));
      const read = await base.db.begin((tx) => tx`select * from ${source(tx, sent)}`);
      expect(read.map((row) => ({ ...row, at: row.at?.toISOString() ?? null }))).toEqual(sent);
    }),
  );
});
