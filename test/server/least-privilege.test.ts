import { expect, it } from 'vitest';
import { canAlterLog } from '#db/least-privilege.ts';
import { readConfig } from '#server/config.ts';
import { startRostrum } from '#server/start.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { ENVIRONMENT } from '#test/support/rostrum.ts';

const base = useDatabase();

it('a server refuses to start with a role that could change the log', async () => {
  const config = readConfig({ ...ENVIRONMENT, DATABASE_URL: base.ownerUrl });
  await expect(startRostrum(config)).rejects.toThrow('rostrum_app');
  expect(await canAlterLog(base.db.sql)).toBe(false);
});
