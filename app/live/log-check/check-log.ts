import { checkConsistency } from '#app/domain/audit/tlog/check-proof.ts';
import {
  type Checkpoint,
  type OpenedCheckpoint,
  openCheckpoint,
  parseCheckpoint,
} from '#app/domain/audit/tlog/checkpoint.ts';
import { formatVkey, parseVkey, type VerifierKey } from '#app/domain/audit/tlog/key.ts';
import { parseNote, type VerifyEd25519 } from '#app/domain/audit/tlog/note.ts';
import { proveConsistency } from '#app/domain/audit/tlog/prove.ts';
import { sha256 } from '#app/domain/audit/tlog/sha256.ts';
import { readHashesFrom } from '#app/domain/audit/tlog/tile.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import {
  type Alarm,
  type AlarmKind,
  type Kept,
  pinAnew,
  raiseAlarm,
  readKept,
  type Seen,
  type Store,
  sinceOf,
  writeKept,
} from './kept.ts';
import type { LogFiles } from './log-files.ts';
import { readNewestSigned } from './newest-signed.ts';

export interface CheckDeps {
  files: LogFiles;
  store: Store;
  /** Null where this browser can't check signatures. */
  verify: VerifyEd25519 | null;
  now: () => Date;
  /** Waits before the log is asked once more. */
  pause: () => Promise<void>;
}

/** What a check of the log found. */
export type CheckResult =
  /** Nothing was signed yet. */
  | { kind: 'empty' }
  | {
      kind: 'sound';
      size: number;
      at: string;
      /** The checkpoint it was compared with; null on the first visit. */
      since: Seen | null;
      /** False where the browser can't; then only the tree was compared. */
      signatureChecked: boolean;
      /** When the newest signed entry was recorded; null when there is none. */
      newest: string | null;
    }
  /** It could not be compared: the log gave no answer, or not enough of one. */
  | { kind: 'unanswered'; at: string; since: Seen | null }
  | { kind: 'alarm'; alarm: Alarm };

/** What the log says now contradicts what it said. */
class Contradiction extends Error {
  readonly kind: AlarmKind;
  constructor(kind: AlarmKind, fault: string) {
    super(fault);
    this.kind = kind;
  }
}

/**
 * Holds the log to what this browser saw of it: its signatures by the keys first seen, and that its
 * tree begins with the tree that was kept. What is sound is kept; what isn't raises the alarm.
 */
export async function checkLog(deps: CheckDeps): Promise<CheckResult> {
  const { files, store, now } = deps;
  // Read before asking: another tab may keep a newer one in the meantime.
  const kept = readKept(store);
  const since = sinceOf(kept, now().toISOString());
  let note: string | null;
  let vkeys: string[];
  try {
    note = await files.checkpoint();
    if (kept !== null && sizeIn(note) < kept.size) {
      // A copy on the way may be some seconds old.
      await deps.pause();
      note = await files.checkpoint();
    }
    if (note === null && kept === null) return { kind: 'empty' };
    vkeys = note === null ? [] : await files.vkeys();
  } catch {
    return { kind: 'unanswered', at: now().toISOString(), since };
  }
  try {
    const trusted = await checkNote(deps, kept, note ?? '', vkeys);
    const at = now().toISOString();
    const { size } = trusted;
    keep(store, { note: note ?? '', size, vkeys: trusted.vkeys, at, since });
    const newest = await readNewestSigned(files, parseCheckpoint(parseNote(note ?? '').text));
    return { kind: 'sound', size, at, since, signatureChecked: deps.verify !== null, newest };
  } catch (error) {
    const at = now().toISOString();
    if (!(error instanceof Contradiction)) return { kind: 'unanswered', at, since };
    const alarm = { kind: error.kind, fault: error.message, at, kept, note: note ?? '', vkeys };
    raiseAlarm(store, alarm);
    return { kind: 'alarm', alarm };
  }
}

/**
 * Holds the log to what it says now, whatever this browser saw before; that stays as evidence.
 * @returns whether it could be done: not while the log gives no answer, or one that is not signed
 */
export async function acknowledgeAlarm(deps: CheckDeps, alarm: Alarm): Promise<boolean> {
  try {
    const note = await deps.files.checkpoint();
    if (note === null) return false;
    const offered = (await deps.files.vkeys()).map((vkey) => parseVkey(sha256, vkey));
    const { checkpoint, keys } = await openByOwn(deps, note, offered);
    const at = deps.now().toISOString();
    pinAnew(deps.store, alarm, { note, size: checkpoint.size, vkeys: keys, at, since: null });
    return true;
  } catch {
    return false;
  }
}

/** Keeps the larger of two checkpoints, should another tab have been faster. */
function keep(store: Store, found: Kept): void {
  const present = readKept(store);
  if (present === null || found.size >= present.size) writeKept(store, found);
}

function sizeIn(note: string | null): number {
  if (note === null) return 0;
  try {
    return parseCheckpoint(parseNote(note).text).size;
  } catch {
    return 0;
  }
}

interface Trusted {
  size: number;
  vkeys: string[];
}

async function checkNote(
  deps: CheckDeps,
  kept: Kept | null,
  note: string,
  vkeys: string[],
): Promise<Trusted> {
  if (kept !== null && note === '') {
    throw new Contradiction('shrunk', 'the log has no checkpoint any more');
  }
  const offered = vkeys.map((vkey) => parseVkey(sha256, vkey));
  if (kept === null) {
    const { checkpoint, keys } = await openByOwn(deps, note, offered);
    return { size: checkpoint.size, vkeys: keys };
  }
  const before = parseCheckpoint(parseNote(kept.note).text);
  const after = parseCheckpoint(parseNote(note).text);
  if (after.origin !== before.origin) {
    throw new Contradiction('origin', `the log calls itself ${after.origin}, not ${before.origin}`);
  }
  const keys = await checkSigners(deps, kept, note, offered);
  await checkGrowth(deps, before, after);
  return { size: after.size, vkeys: keys };
}

/** On a first visit the keys are those the log names: there is nothing to hold it to yet. */
async function openByOwn(
  { verify }: CheckDeps,
  note: string,
  offered: VerifierKey[],
): Promise<{ checkpoint: Checkpoint; keys: string[] }> {
  const checkpoint = parseCheckpoint(parseNote(note).text);
  if (verify !== null) {
    const trust = { origin: checkpoint.origin, logKeys: offered };
    await orContradiction('signature', () => openCheckpoint(note, trust, verify));
  }
  return { checkpoint, keys: offered.map(formatVkey) };
}

/**
 * A key that was trusted must have signed; keys that signed beside it are trusted from then on.
 * @returns the keys to trust next
 */
async function checkSigners(
  { verify }: CheckDeps,
  kept: Kept,
  note: string,
  offered: VerifierKey[],
): Promise<string[]> {
  const trusted = kept.vkeys.map((vkey) => parseVkey(sha256, vkey));
  const { signatures } = parseNote(note);
  const isSigner = ({ name, id }: VerifierKey) =>
    signatures.some((line) => line.name === name && line.id === id);
  if (!trusted.some(isSigner)) {
    throw new Contradiction('key', 'no key that this browser knows has signed the checkpoint');
  }
  if (verify === null) return offered.map(formatVkey);
  const { origin } = parseCheckpoint(parseNote(note).text);
  return orContradiction('signature', async () => {
    await openCheckpoint(note, { origin, logKeys: trusted }, verify);
    const logKeys = [...trusted, ...offered];
    return keysOf(await openCheckpoint(note, { origin, logKeys }, verify));
  });
}

function keysOf({ signatures }: OpenedCheckpoint): string[] {
  return [...new Set(signatures.map(({ key }) => formatVkey(key)))];
}

async function checkGrowth(
  { files }: CheckDeps,
  before: Checkpoint,
  after: Checkpoint,
): Promise<void> {
  if (after.size < before.size) {
    const fault = `the log shrank from ${before.size} to ${after.size} entries`;
    throw new Contradiction('shrunk', fault);
  }
  await orContradiction('fork', async () => {
    const read = readHashesFrom(sha256, after.size, files.tile);
    const proof = await proveConsistency(sha256, read, before.size, after.size);
    checkConsistency(sha256, before, after, proof);
  });
}

async function orContradiction<T>(kind: AlarmKind, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof TlogError) || error.kind !== 'tampered') throw error;
    throw new Contradiction(kind, error.message);
  }
}
