import { startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { readConfig } from '#server/config.ts';
import type { Run } from './run.ts';
import { CommandError } from './session.ts';

/** `rostrum migrate`: brings the database up to date; the only thing that uses the owner's URL. */
export async function runMigrate(run: Run): Promise<void> {
  const config = readConfig(run.env, 'command');
  const log = run.print;
  if (!config.database) {
    const { dataDir } = config;
    const server = await startEmbedded(dataDir === undefined ? {} : { dataDir });
    try {
      const { ownerUrl, appPassword, sequencerPassword } = server;
      report(run, await migrate({ ownerUrl, appPassword, sequencerPassword, log }));
    } finally {
      await server.stop();
    }
    return;
  }
  const { ownerUrl, url, sequencerUrl, eraserUrl } = config.database;
  if (!ownerUrl) throw new CommandError('DATABASE_OWNER_URL is missing: migrating takes an owner.');
  const appPassword = passwordOf('rostrum_app', url);
  const sequencerPassword = passwordOf('audit_sequencer', sequencerUrl);
  const eraserPassword = passwordOf('audit_eraser', eraserUrl);
  report(
    run,
    await migrate({
      ownerUrl,
      log,
      ...(appPassword !== '' && { appPassword }),
      ...(sequencerPassword !== '' && { sequencerPassword }),
      ...(eraserPassword !== '' && { eraserPassword }),
    }),
  );
}

/** A role's password, when the URL is that role's; empty otherwise. */
function passwordOf(role: string, url: string | undefined): string {
  if (url === undefined) return '';
  const { username, password } = new URL(url);
  return username === role ? decodeURIComponent(password) : '';
}

function report(run: Run, applied: number): void {
  run.print(applied === 0 ? 'Up to date.' : `Applied ${applied} migration(s).`);
}
