import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { formatVkey } from '#app/domain/audit/tlog/key.ts';
import { parseNote } from '#app/domain/audit/tlog/note.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { joinPolicies, type Policy, readLogKey } from '#server/audit/verify/policy.ts';
import { openSite, type SiteFiles } from '#server/audit/verify/site-files.ts';
import { readSiteCheckpoint } from '#server/audit/verify/verify-site.ts';
import { followGrowth } from '#server/audit/witness/follow-site.ts';
import { writeWhole } from '#server/audit/write-whole.ts';
import type { Run } from '#server/cli/run.ts';
import { type PolicyOptions, readPolicy } from './policy-options.ts';
import { failCheck, showProgress } from './tell.ts';

export interface MonitorOptions extends PolicyOptions {
  site: string;
  state: string;
  /** Seconds. */
  interval: string;
  once?: boolean;
}

/** What a monitor keeps between two looks. */
interface Seen {
  origin: string;
  vkeys: string[];
  /** The note, byte for byte. */
  checkpoint: string;
}

/** A log that is published in several places may show an older checkpoint for a moment. */
const TRIES = 3;
const BETWEEN = 2_000;

/** `rostrum audit monitor`: follows a log for as long as it only grows; ends with 1 when it forks. */
export async function monitor(run: Run, options: MonitorOptions): Promise<void> {
  try {
    const seconds = Number(options.interval);
    if (!(seconds >= 1 && seconds <= 86_400)) {
      throw new TlogError('unreadable', '--interval takes 1 to 86400 seconds');
    }
    const policy = await readPolicy(options);
    const site = openSite(options.site);
    for (;;) {
      await lookAndTell(run, site, policy, options);
      if (options.once) return;
      await sleep(seconds * 1_000);
    }
  } catch (error) {
    failCheck(run, error);
  }
}

/** A site that can't be read for a while is told and tried again, unless it is the only look. */
async function lookAndTell(
  run: Run,
  site: SiteFiles,
  policy: Policy,
  options: MonitorOptions,
): Promise<void> {
  const shown = showProgress(run, 'entries');
  try {
    const seen = await readSeen(options.state);
    const { size, fresh } = await look(run, site, policy, seen, options.state, shown.progress);
    shown.done();
    run.print(`${new Date().toISOString()} ${size} entries, ${fresh} new`);
  } catch (error) {
    shown.done();
    const passing = error instanceof TlogError && error.kind !== 'tampered' && !options.once;
    if (!passing) throw error;
    run.remark(`${new Date().toISOString()} ${error.kind}: ${error.message}`);
  }
}

async function look(
  run: Run,
  site: SiteFiles,
  policy: Policy,
  seen: Seen | null,
  state: string,
  progress: (done: number, all: number) => void,
): Promise<{ size: number; fresh: number }> {
  const trusted = trustedWith(policy, seen);
  const then =
    seen === null
      ? { size: 0, root: new Uint8Array() }
      : parseCheckpoint(parseNote(seen.checkpoint).text);
  let now = await readSiteCheckpoint(site, trusted);
  for (let i = 1; i < TRIES && now.checkpoint.size < then.size; i++) {
    await sleep(BETWEEN);
    now = await readSiteCheckpoint(site, trusted);
  }
  const { checkpoint, note } = now;
  try {
    await followGrowth(site, then, checkpoint, progress);
    for (const pin of policy.pins) {
      if (pin.size === checkpoint.size) await followGrowth(site, pin, checkpoint);
    }
  } catch (error) {
    if (error instanceof TlogError && error.kind === 'tampered')
      await keepEvidence(run, state, seen, note);
    throw error;
  }
  const kept: Seen = {
    origin: checkpoint.origin,
    vkeys: now.policy.logKeys.map(formatVkey),
    checkpoint: note,
  };
  await writeWhole(state, `${JSON.stringify(kept, null, 2)}\n`);
  return { size: checkpoint.size, fresh: checkpoint.size - then.size };
}

/** Keys that were trusted at the first look stay trusted; later ones must be given. */
function trustedWith(policy: Policy, seen: Seen | null): Policy {
  if (seen === null) return policy;
  const logKeys =
    policy.logKeys.length > 0 ? [] : seen.vkeys.map((key) => readLogKey(key, 'the state'));
  return joinPolicies(policy, { origin: policy.origin ?? seen.origin, logKeys });
}

/** Both checkpoints, byte for byte: whoever sees them knows that the log's key signed two histories. */
async function keepEvidence(
  run: Run,
  state: string,
  seen: Seen | null,
  note: string,
): Promise<void> {
  const evidence = { seen, found: note, at: new Date().toISOString() };
  const file = `${state}.evidence-${Date.now()}.json`;
  await writeWhole(file, `${JSON.stringify(evidence, null, 2)}\n`);
  run.remark(`Both checkpoints are in ${file}.`);
}

async function readSeen(path: string): Promise<Seen | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new TlogError('unreadable', `${path} can't be read (${code})`);
  }
  try {
    const { origin, vkeys, checkpoint } = JSON.parse(text);
    const sound =
      typeof origin === 'string' && Array.isArray(vkeys) && typeof checkpoint === 'string';
    if (sound) return { origin, vkeys, checkpoint };
  } catch {
    // Said below.
  }
  throw new TlogError('unreadable', `${path} is not the state of a monitor`);
}
