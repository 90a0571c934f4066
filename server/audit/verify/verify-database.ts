import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import { openCheckpoint, parseCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { toBase64 } from '#app/domain/audit/tlog/encoding.ts';
import { parseNote } from '#app/domain/audit/tlog/note.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { Sql } from '#db/client.ts';
import { readCheckpointNote } from '#server/audit/published-log.ts';
import { checkStored } from './check-stored.ts';
import { copyRows } from './copy-rows.ts';
import { Erasures } from './erasures.ts';
import { Findings, type Progress, type Report } from './findings.ts';
import { checkFingerprint } from './fingerprint.ts';
import { findLooseEnds } from './loose-ends.ts';
import { type Snapshot, withSnapshot } from './owner-database.ts';
import { joinPolicies, type Policy, readLogKey, trustOf } from './policy.ts';
import { replayState } from './replay.ts';
import { EventGatherer, outboxQuery, uuidText } from './stored-event.ts';
import { TreeWalk } from './tree-walk.ts';
import { openSignatureCheck } from './verify-signature.ts';
import { walkStored } from './walk-stored.ts';

/** The newest checkpoint as it is stored. */
interface Head {
  tree_size: number;
  root: Buffer;
  note: string;
}

/**
 * Checks the log in its database, and today's state of rooms and people against it; reads all at
 * one moment.
 * @param url of an owner, or of a role with pg_read_all_data
 */
export async function verifyDatabase(
  url: string,
  given: Policy,
  progress: Progress = () => {},
): Promise<Report> {
  const report: Report = {
    verdict: 'sound',
    source: `the database ${new URL(url).pathname.slice(1)}`,
    origin: null,
    size: null,
    root: null,
    events: 0,
    checkpoints: 0,
    findings: [],
    more: 0,
    remarks: [],
  };
  const findings = new Findings();
  try {
    await withSnapshot(url, (sql) => verifySnapshot(sql, given, findings, report, progress));
  } catch (error) {
    findings.addError(error, '');
  }
  report.verdict = findings.verdict;
  report.findings = findings.kept;
  report.more = findings.count - findings.kept.length;
  return report;
}

async function verifySnapshot(
  sql: Snapshot,
  given: Policy,
  findings: Findings,
  report: Report,
  progress: Progress,
): Promise<void> {
  const policy = await completePolicy(sql, given, findings, report);
  const [head] = await sql<Head[]>`
    select tree_size, root, note from audit.checkpoint order by tree_size desc limit 1`;
  const size = head?.tree_size ?? 0;
  const verify = openSignatureCheck();
  const origin = readOrigin(head, findings);
  report.origin = policy.origin ?? origin;
  report.size = head?.tree_size ?? null;
  report.root = head ? toBase64(head.root) : null;
  if (head && policy.quorum > 0) {
    const trust = trustOf(policy, origin ?? '');
    const cosigned = (await readCheckpointNote(sql as unknown as Sql)) ?? head.note;
    await openCheckpoint(cosigned, trust, verify).catch((error) =>
      findings.addError(error, 'the newest checkpoint'),
    );
  }
  const erasures = new Erasures();
  const walk = new TreeWalk(findings);
  walk.expect(policy.pins.map((pin) => ({ ...pin, says: `the pin in ${pin.from}` })));
  const trust = trustOf(policy, origin ?? '', 0);
  const counted = { events: 0, fields: 0 };
  const state = { sql, walk, findings, erasures, trust, verify, size, progress, counted };
  await walkStored(state);
  walk.end();
  if (head && walk.size === size && !equalBytes(walk.root(), head.root)) {
    findings.add(
      'tampered',
      `the newest checkpoint's row has another root than its ${size} leaves`,
    );
  }
  await checkWaiting(sql, findings, erasures, counted);
  erasures.check(findings, 'tampered', true);
  report.events = counted.events;
  report.checkpoints = walk.compared;
  await findLooseEnds(sql, findings, size, counted);
  await replayState(sql, findings, report.remarks);
  await checkFingerprint(sql, findings, report.remarks);
}

async function completePolicy(
  sql: Snapshot,
  given: Policy,
  findings: Findings,
  { remarks }: Report,
): Promise<Policy> {
  if (given.logKeys.length > 0) return given;
  remarks.push(
    'The key is the one that the database names itself; give one you trust with --vkey.',
  );
  const rows = await sql<{ vkey: string }[]>`select vkey from audit.log_key order by at`;
  const logKeys = rows.flatMap(({ vkey }) => {
    try {
      return [readLogKey(vkey, 'audit.log_key')];
    } catch (error) {
      findings.addError(error, '');
      return [];
    }
  });
  return joinPolicies(given, { logKeys });
}

function readOrigin(head: Head | undefined, findings: Findings): string | null {
  if (!head) return null;
  try {
    return parseCheckpoint(parseNote(head.note).text).origin;
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    findings.addError(error, 'the newest checkpoint');
    return null;
  }
}

async function checkWaiting(
  sql: Snapshot,
  findings: Findings,
  erasures: Erasures,
  counted: { events: number; fields: number },
): Promise<void> {
  const gatherer = new EventGatherer((event) => {
    checkStored(event, uuidText(event.id), findings, erasures);
    if (event.row) counted.events += 1;
    counted.fields += event.fields.length;
  });
  await copyRows(sql, outboxQuery(), (row) => gatherer.row(row));
  gatherer.end();
}
