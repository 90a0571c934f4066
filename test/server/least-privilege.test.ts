import { expect, it } from 'vitest';
import { canAlterLog } from '#db/least-privilege.ts';
import { createLogKey } from '#server/audit/log-key.ts';
import { readConfig } from '#server/config.ts';
import { startRostrum } from '#server/start.ts';
import { makeFolder } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { ENVIRONMENT } from '#test/support/rostrum.ts';

const base = useDatabase();

it('a server refuses to start with a role that could change the log', async () => {
  const config = readConfig({ ...ENVIRONMENT, DATABASE_URL: base.ownerUrl });
  await expect(startRostrum(config)).rejects.toThrow('rostrum_app');
  expect(await canAlterLog(base.db.sql)).toBe(false);
});

it.each(['appUrl', 'ownerUrl'] as const)(
  'a server refuses to sequence with a role that is not the sequencer: %s',
  async (url) => {
    const config = readConfig({
      ...ENVIRONMENT,
      DATABASE_URL: base.appUrl,
      SEQUENCER_DATABASE_URL: base[url],
      ROSTRUM_DATA_DIR: makeFolder(),
    });
    await expect(startRostrum(config)).rejects.toThrow('must sign in as audit_sequencer');
  },
);

it('a server refuses a key of the log that is missing or of another log', async () => {
  const dataDir = makeFolder();
  const environment = {
    ...ENVIRONMENT,
    DATABASE_URL: base.appUrl,
    SEQUENCER_DATABASE_URL: base.sequencerUrl,
    ROSTRUM_DATA_DIR: dataDir,
    LOG_KEY_FILE: `${dataDir}/log-key`,
  };
  await expect(startRostrum(readConfig(environment))).rejects.toThrow(
    /log-key.*ENOENT.*rotate-key/,
  );
  createLogKey(environment.LOG_KEY_FILE, 'other.example/log');
  await expect(startRostrum(readConfig(environment))).rejects.toThrow(
    'LOG_ORIGIN is rostrum.local',
  );
});
