import { createReadStream } from 'node:fs';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { Progress, Report } from '#server/audit/verify/findings.ts';
import type { Policy } from '#server/audit/verify/policy.ts';
import { openSite } from '#server/audit/verify/site-files.ts';
import { verifyBundle } from '#server/audit/verify/verify-bundle.ts';
import { verifyDatabase } from '#server/audit/verify/verify-database.ts';
import { verifySite } from '#server/audit/verify/verify-site.ts';
import type { Run } from '#server/cli/run.ts';
import { withGivenDatabase } from './given-database.ts';
import { type PolicyOptions, readPolicy } from './policy-options.ts';
import { failCheck, showProgress, tellReport } from './tell.ts';

/** Where to look; the database by default. */
export interface SourceOptions extends PolicyOptions {
  database?: string;
  bundle?: string;
  site?: string;
}

/** `rostrum audit verify`: is the log what was signed, and does today's state follow from it? */
export async function verify(run: Run, options: SourceOptions & { json?: boolean }): Promise<void> {
  try {
    tellReport(run, await verifySource(run, options), options.json === true);
  } catch (error) {
    failCheck(run, error);
  }
}

/** Checks whatever the options name. @throws {TlogError} when it can't begin */
export async function verifySource(run: Run, options: SourceOptions): Promise<Report> {
  const { bundle, site, database } = options;
  if ([bundle, site, database].filter((given) => given !== undefined).length > 1) {
    throw new TlogError('unreadable', 'give one of --database, --bundle and --site');
  }
  const shown = showProgress(run, 'events');
  try {
    if (bundle !== undefined)
      return await readBundle(bundle, await readPolicy(options), shown.progress);
    if (site !== undefined) {
      return await verifySite(openSite(site), await readPolicy(options), shown.progress);
    }
    return await withGivenDatabase(run.env, database, async ({ ownerUrl, pins }) => {
      if (ownerUrl === null) {
        const hint = 'set it, or give a URL with --database';
        throw new TlogError('unreadable', `DATABASE_OWNER_URL is missing: ${hint}`);
      }
      return verifyDatabase(ownerUrl, await readPolicy(options, pins), shown.progress);
    });
  } finally {
    shown.done();
  }
}

async function readBundle(path: string, policy: Policy, progress: Progress): Promise<Report> {
  try {
    return await verifyBundle(
      path,
      createReadStream(path, { highWaterMark: 1 << 20 }),
      policy,
      progress,
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof TlogError) throw error;
    throw new TlogError('unreadable', `${path} can't be read (${code})`);
  }
}
