import { equalBytes } from '#app/domain/audit/tlog/bytes.ts';
import { checkInclusion } from '#app/domain/audit/tlog/check-proof.ts';
import { type Checkpoint, openCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { hashFromBase64, toBase64, toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { type Leaf, parseLeaf } from '#app/domain/audit/tlog/leaf.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { Erasures } from './erasures.ts';
import { commitmentOfFields, type ExportedField, readFields } from './exported-field.ts';
import { Findings, type Progress, type Report } from './findings.ts';
import { joinPolicies, type Policy, readLogKey, trustOf } from './policy.ts';
import { readLines } from './read-lines.ts';
import { type Columns, differenceFrom } from './stated-event.ts';
import { openSignatureCheck } from './verify-signature.ts';

/** First line of an export bundle names its form. */
export const BUNDLE_FORMAT = 'rostrum/audit-export/v1';

interface Header {
  origin: string;
  vkeys: string[];
  checkpoint: string;
  filter: Record<string, unknown>;
}

/** What is known of a bundle while its lines are read. */
interface Reading {
  checkpoint: Checkpoint;
  /** Every event of the tree was asked for. */
  whole: boolean;
  erasures: Erasures;
  findings: Findings;
  events: number;
  ended: boolean;
  /** The next index, of a whole bundle. */
  next: number;
  pins: Policy['pins'];
}

/**
 * Checks an export bundle by itself.
 * @param name of it, for people
 * @param bytes how many there are, for the progress
 */
export async function verifyBundle(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  given: Policy,
  progress: Progress = () => {},
): Promise<Report> {
  const findings = new Findings();
  const remarks: string[] = [];
  let reading: Reading | null = null;
  let number = 0;
  try {
    for await (const line of readLines(chunks)) {
      number += 1;
      if (reading === null) reading = await open(line, given, findings, remarks);
      else readEvent(line, number, reading);
      if (number % 1_000 === 0) progress(number, reading.whole ? reading.checkpoint.size : number);
    }
    if (reading === null) throw new TlogError('incomplete', 'it is empty');
    finish(reading);
  } catch (error) {
    findings.addError(error, '');
  }
  return {
    verdict: findings.verdict,
    source: name,
    origin: reading?.checkpoint.origin ?? null,
    size: reading?.checkpoint.size ?? null,
    root: reading ? toBase64(reading.checkpoint.root) : null,
    events: reading?.events ?? 0,
    checkpoints: reading ? 1 : 0,
    findings: findings.kept,
    more: findings.count - findings.kept.length,
    remarks,
  };
}

function parseObject(line: string, what: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    throw new TlogError('unreadable', `${what} is not JSON`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new TlogError('unreadable', `${what} is not a JSON object`);
  }
  return json as Record<string, unknown>;
}

function readHeader(line: string): Header {
  const { format, origin, vkeys, checkpoint, filter } = parseObject(line, 'line 1');
  if (format !== BUNDLE_FORMAT) {
    throw new TlogError(
      'unreadable',
      `line 1 is not the header of a bundle of the form ${BUNDLE_FORMAT}`,
    );
  }
  const fits =
    typeof origin === 'string' &&
    typeof checkpoint === 'string' &&
    typeof filter === 'object' &&
    filter !== null &&
    Array.isArray(vkeys) &&
    vkeys.every((vkey) => typeof vkey === 'string');
  if (!fits)
    throw new TlogError('unreadable', 'the header lacks origin, vkeys, checkpoint or filter');
  return { origin, checkpoint, vkeys, filter: { ...filter } };
}

async function open(
  line: string,
  given: Policy,
  findings: Findings,
  remarks: string[],
): Promise<Reading> {
  const header = readHeader(line);
  let policy = given;
  if (given.logKeys.length === 0) {
    const logKeys = header.vkeys.map((vkey) => readLogKey(vkey, 'the header'));
    policy = joinPolicies(given, { logKeys });
    remarks.push(
      'The key is the one that the bundle names itself; give one you trust with --vkey.',
    );
  }
  const trust = trustOf(policy, header.origin);
  const { checkpoint } = await openCheckpoint(header.checkpoint, trust, openSignatureCheck());
  const whole = Object.keys(header.filter).length === 0;
  checkPins(policy.pins, checkpoint, findings, remarks);
  return {
    checkpoint,
    whole,
    erasures: new Erasures(),
    findings,
    events: 0,
    ended: false,
    next: 0,
    pins: policy.pins,
  };
}

/** A bundle has no proofs of consistency: only a pin of its own size says something about it. */
function checkPins(
  pins: Policy['pins'],
  { size, root }: Checkpoint,
  findings: Findings,
  remarks: string[],
) {
  for (const pin of pins) {
    if (pin.size > size) {
      remarks.push(
        `The pin in ${pin.from} is of a larger tree than the bundle's: it was not compared.`,
      );
    } else if (pin.size === size && !equalBytes(pin.root, root)) {
      findings.add('tampered', `the pin in ${pin.from} has another root for ${size} leaves`);
    } else if (pin.size < size) {
      remarks.push(
        `The pin in ${pin.from} is of a smaller tree: compare it with the published files.`,
      );
    }
  }
}

function readEvent(line: string, number: number, reading: Reading): void {
  const { findings } = reading;
  if (reading.ended) throw new TlogError('unreadable', `line ${number} comes after the end`);
  const what = `line ${number}`;
  const json = parseObject(line, what);
  if ('end' in json) {
    reading.ended = true;
    if (json.end !== true || json.events !== reading.events) {
      findings.add(
        'incomplete',
        `there are ${reading.events} events, but the end says ${json.events}`,
      );
    }
    return;
  }
  let leaf: Leaf | undefined;
  try {
    if (typeof json.leaf !== 'string') throw new TlogError('unreadable', 'it has no leaf');
    const bytes = toUtf8(json.leaf);
    leaf = parseLeaf(bytes);
    checkPlace(json, bytes, reading);
    checkSaid(json, leaf, reading);
  } catch (error) {
    const index = typeof json.index === 'number' ? { index: json.index } : {};
    findings.addError(error, what, { ...(leaf && { event: leaf.id }), ...index });
  }
  reading.events += 1;
}

function checkPlace(json: Record<string, unknown>, leaf: Uint8Array, reading: Reading): void {
  const { index, proof } = json;
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) {
    throw new TlogError('unreadable', 'it has no index');
  }
  if (!Array.isArray(proof) || !proof.every((hash) => typeof hash === 'string')) {
    throw new TlogError('unreadable', 'it has no proof');
  }
  if (reading.whole && index !== reading.next) {
    const kind = index > reading.next ? 'incomplete' : 'unreadable';
    const expected = reading.next;
    reading.next = index + 1;
    throw new TlogError(kind, `its index is ${index} where ${expected} belongs`);
  }
  reading.next = index + 1;
  const hashes = proof.map((hash, i) => hashFromBase64(hash, `hash ${i + 1} of its proof`));
  checkInclusion(sha256, hashLeaf(sha256, leaf), index, hashes, reading.checkpoint);
}

function checkSaid(json: Record<string, unknown>, leaf: Leaf, reading: Reading): void {
  const fields = readFields(json.fields);
  if (!equalBytes(commitmentOfFields(fields), leaf.commitment)) {
    throw new TlogError('tampered', 'its fields are not those its leaf commits to');
  }
  const { event } = json;
  if (typeof event !== 'object' || event === null) {
    throw new TlogError('unreadable', 'it has no public columns');
  }
  const columns = event as Record<string, unknown>;
  const stated = fields.find(({ name }) => name === 'event')?.value ?? null;
  if (stated === null) throw new TlogError('incomplete', 'its field event is not disclosed');
  const difference = differenceFrom(stated, columnsOf(columns));
  if (difference !== null) throw new TlogError('tampered', difference);
  if (columns.recorded_at !== leaf.time) {
    throw new TlogError('tampered', `its recorded_at is not the time in its leaf, ${leaf.time}`);
  }
  noteErasures(fields, leaf, columns.action, reading.erasures);
}

function noteErasures(
  fields: readonly ExportedField[],
  leaf: Leaf,
  action: unknown,
  erasures: Erasures,
): void {
  for (const { erased_by } of fields) {
    if (erased_by !== undefined) erasures.erased(leaf.id, erased_by);
  }
  if ((leaf.kind === 'erasure') !== (action === 'member.erased')) {
    throw new TlogError(
      'tampered',
      `its action is ${action}, but its leaf is of the kind ${leaf.kind}`,
    );
  }
  if (leaf.kind === 'erasure') {
    erasures.recorded(leaf.id, fields.find(({ name }) => name === 'count')?.value ?? null);
  }
}

function columnsOf(event: Record<string, unknown>): Columns {
  const text = (name: string) => {
    const value = event[name] ?? null;
    return value === null ? null : String(value);
  };
  return {
    action: text('action'),
    version: text('version'),
    outcome: text('outcome'),
    occurred_at: typeof event.occurred_at === 'string' ? Date.parse(event.occurred_at) : null,
    actor: text('actor'),
    target_type: text('target_type'),
    target: text('target'),
    room: text('room'),
    case: text('case'),
    correlation: text('correlation'),
    parent: text('parent'),
    reverses: text('reverses'),
  };
}

function finish(reading: Reading): void {
  const { findings, whole, checkpoint, next, erasures } = reading;
  if (!reading.ended)
    throw new TlogError('incomplete', 'it ends before its last line, which says that it is whole');
  if (whole && next !== checkpoint.size) {
    findings.add('incomplete', `it ends with entry ${next - 1} of ${checkpoint.size}`);
  }
  erasures.check(findings, 'incomplete', whole);
}
