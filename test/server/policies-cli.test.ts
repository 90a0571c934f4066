import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clauseOf } from '#test/support/clauses.ts';
import { makeLastingFolder } from '#test/support/lasting-folder.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { runCommand } from '#test/support/run-command.ts';

const base = useDatabase();
const rostrum = (...args: string[]) => runCommand(args, { DATABASE_URL: base.appUrl });

const folder = makeLastingFolder();
let files = 0;

function fileOf(content: string): string {
  const file = join(folder, `${++files}.json`);
  writeFileSync(file, content);
  return file;
}

it('publishes a list of clauses, which it prints again, and says why not', async () => {
  expect(await rostrum('policy', 'show')).toMatchObject({ code: 1, out: '' });
  const clauses = [clauseOf('harassment'), clauseOf('spam')];
  const file = fileOf(JSON.stringify(clauses));
  const publish = (path: string) => rostrum('policy', 'publish', path, '--reason', 'Agreed');
  expect(await publish(file)).toMatchObject({ code: 0, out: 'Version 1 is in force.\n' });
  const shown = await rostrum('policy', 'show');
  expect(JSON.parse(shown.out)).toEqual(clauses);
  expect(shown.complaint).toContain('Version 1');

  expect(await publish(file)).toMatchObject({
    code: 1,
    complaint: expect.stringContaining('just that'),
  });
  for (const wrong of ['[', '{}', '[{"code":"x"}]', '[]']) {
    expect([wrong, (await publish(fileOf(wrong))).code]).toEqual([wrong, 1]);
  }
  const events = await base.db.sql`
    select actor_ref from audit.event where action = 'policy.published'`;
  expect([...events]).toEqual([{ actor_ref: 'system' }]);
});
