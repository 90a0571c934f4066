import { beforeEach, describe, expect, it } from 'vitest';
import { commitmentOf, fieldDigest } from '#app/domain/audit/tlog/commitment.ts';
import { toBase64, toHex } from '#app/domain/audit/tlog/encoding.ts';
import { formatLeaf, type Leaf } from '#app/domain/audit/tlog/leaf.ts';
import { hashLeaf } from '#app/domain/audit/tlog/merkle.ts';
import { checkTlogProof, parseTlogProof } from '#app/domain/audit/tlog/proof-file.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { acknowledgeAlarm, type CheckDeps, checkLog } from '#app/live/log-check/check-log.ts';
import { checkShown, type ShownEvent } from '#app/live/log-check/check-shown.ts';
import { isHeldBack } from '#app/live/log-check/held-back.ts';
import { readAlarm, readEvidence, readKept, type Store } from '#app/live/log-check/kept.ts';
import type { LogFiles } from '#app/live/log-check/log-files.ts';
import { proveFrom } from '#app/live/log-check/prove-event.ts';
import { fakeLogFiles } from '#test/support/fake-log.ts';
import { testKey, verifyEd25519 } from '#test/support/log-keys.ts';
import { nodeSha256 } from '#test/support/naive-tree.ts';

const ORIGIN = 'example.com/log';
const KEY = testKey(ORIGIN, 1);
const OTHER = testKey(ORIGIN, 2);
const idOf = (at: number) => `0197c0de-0000-7000-8000-${at.toString(16).padStart(12, '0')}`;
const LATER = '2021-02-07T23:00:00.000Z';
const leafOf = (at: number, salt = 0, time = '2021-02-07T12:34:56.789Z') =>
  formatLeaf({
    commitment: nodeSha256(Uint8Array.of(at & 255, at >> 8, salt)),
    id: idOf(at),
    kind: 'event',
    time,
  });
const leaves = (count: number, salt = 0) =>
  Array.from({ length: count }, (_, at) => leafOf(at, salt));
const log = (count: number, salt = 0, keys = [KEY]) => fakeLogFiles(leaves(count, salt), keys);

let store: Store;
let pauses: number;
beforeEach(() => {
  const items = new Map<string, string>();
  store = {
    getItem: (name) => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, value),
    removeItem: (name) => void items.delete(name),
  };
  pauses = 0;
});

function deps(files: LogFiles, more: Partial<CheckDeps> = {}): CheckDeps {
  return {
    files,
    store,
    verify: verifyEd25519,
    now: () => new Date('2021-02-08T00:00:00Z'),
    pause: async () => void pauses++,
    ...more,
  };
}
const check = (files: LogFiles, more?: Partial<CheckDeps>) => checkLog(deps(files, more));

describe('a checkpoint that is held back', () => {
  const signed = '2021-02-07T12:34:56.789Z';

  it.each([1, 256, 300])('is told by the newest of %i entries', async (count) => {
    expect(await check(log(count))).toMatchObject({ kind: 'sound', newest: signed });
  });

  it.each([
    ['are of another tree', () => fakeLogFiles(leaves(300, 1), [KEY]).entries],
    [
      'have one among them that was never signed, and is newer',
      () => fakeLogFiles(leaves(300).with(290, leafOf(290, 0, LATER)), [KEY]).entries,
    ],
    ['are kept from this browser', () => () => Promise.reject(new Error('404'))],
  ])('is not excused by entries that %s', async (_title, entries) => {
    const answered = await check({ ...log(300), entries: entries() });
    expect(answered).toMatchObject({ kind: 'unanswered' });
  });

  it.each([
    ['an event that waits for three minutes', '12:40:00', '12:43:01', true],
    ['an event that came just now', '12:40:00', '12:40:01', false],
    ['the newest signed event, hours later', '12:34:56.789', '18:00:00', false],
    ['an event that another overtook', '12:34:58', '18:00:00', false],
  ])('%s', (_title, shown, checked, expected) => {
    const at = (time: string) => `2021-02-07T${time}Z`;
    expect(isHeldBack(at(shown), at(checked), signed)).toBe(expected);
    expect(isHeldBack(at(shown), at(checked), null)).toBe(false);
  });
});

describe('a browser that looks at the log', () => {
  it('keeps what it sees first, and says that it had nothing to compare', async () => {
    expect(await check(log(300))).toMatchObject({ kind: 'sound', size: 300, since: null });
    expect(readKept(store)).toMatchObject({ size: 300 });
  });

  it.each([
    [1, 1],
    [1, 2],
    [255, 257],
    [300, 70_000],
  ])('finds that a log of %i events became one of %i', async (before, after) => {
    await check(log(before));
    const since = { size: before, at: '2021-02-08T00:00:00.000Z' };
    expect(await check(log(after))).toMatchObject({ kind: 'sound', size: after, since });
    expect(readKept(store)).toMatchObject({ size: after });
    expect(readAlarm(store)).toBeNull();
  });

  it('raises the alarm at a fork, keeps what it had, and still after the log is itself again', async () => {
    await check(log(300));
    const forked = fakeLogFiles([...leaves(120), leafOf(120, 9), ...leaves(400).slice(121)], [KEY]);
    expect(await check(forked)).toMatchObject({ kind: 'alarm', alarm: { kind: 'fork' } });
    expect(readKept(store)).toMatchObject({ size: 300 });
    expect(await check(log(500))).toMatchObject({ kind: 'sound', size: 500 });
    expect(readAlarm(store)).toMatchObject({ kind: 'fork', kept: { size: 300 } });
  });

  it('raises it for another tree of the same size', async () => {
    await check(log(300));
    expect(await check(log(300, 1))).toMatchObject({ kind: 'alarm', alarm: { kind: 'fork' } });
  });

  it('raises it when the log shrank or is gone, after asking once more', async () => {
    await check(log(300));
    expect(await check(log(299))).toMatchObject({ kind: 'alarm', alarm: { kind: 'shrunk' } });
    const gone = { ...log(0), checkpoint: async () => null };
    expect(await check(gone)).toMatchObject({ kind: 'alarm', alarm: { kind: 'shrunk' } });
    expect(pauses).toBe(2);
  });

  it('does not for a copy that was only late', async () => {
    await check(log(300));
    const answers = [log(299), log(301)];
    const late = { ...log(301), checkpoint: () => (answers.shift() as LogFiles).checkpoint() };
    expect(await check(late)).toMatchObject({ kind: 'sound', size: 301 });
  });

  it('raises it for another key, a false signature and another origin', async () => {
    await check(log(300));
    const alarm = (kind: string) => ({ kind: 'alarm', alarm: { kind } });
    expect(await check(log(301, 0, [OTHER]))).toMatchObject(alarm('key'));
    const { checkpoint } = log(301);
    const falsified = async () => (await checkpoint())?.replace('\n301\n', '\n302\n') ?? null;
    expect(await check({ ...log(302), checkpoint: falsified })).toMatchObject(alarm('signature'));
    const elsewhere = fakeLogFiles(leaves(301), [KEY], 'example.com/other');
    expect(await check(elsewhere)).toMatchObject(alarm('origin'));
  });

  it('takes a new key that signs beside the old one', async () => {
    await check(log(300));
    expect(await check(log(301, 0, [OTHER, KEY]))).toMatchObject({ kind: 'sound' });
    expect(await check(log(302, 0, [OTHER]))).toMatchObject({ kind: 'sound' });
  });

  it('does not trust a key that only names itself beside the old one', async () => {
    await check(log(300));
    const named = { ...log(301), vkeys: log(301, 0, [OTHER, KEY]).vkeys };
    expect(await check(named)).toMatchObject({ kind: 'sound' });
    expect(await check(log(302, 0, [OTHER]))).toMatchObject({
      kind: 'alarm',
      alarm: { kind: 'key' },
    });
  });

  it('says so when the log gives no answer, or too little to compare', async () => {
    await check(log(300));
    const down = { ...log(301), checkpoint: () => Promise.reject(new Error('down')) };
    expect(await check(down)).toMatchObject({ kind: 'unanswered', since: { size: 300 } });
    const blank = { ...log(301), tile: () => Promise.reject(new Error('down')) };
    expect(await check(blank)).toMatchObject({ kind: 'unanswered' });
    expect(readKept(store)).toMatchObject({ size: 300 });
    expect(readAlarm(store)).toBeNull();
  });

  it('says so where it can’t check signatures, and still compares', async () => {
    await check(log(300), { verify: null });
    expect(await check(log(301), { verify: null })).toMatchObject({
      kind: 'sound',
      signatureChecked: false,
    });
    expect(await check(log(301, 1), { verify: null })).toMatchObject({ kind: 'alarm' });
  });

  it('knows a log in which nothing was signed', async () => {
    expect(await check({ ...log(0), checkpoint: async () => null })).toEqual({ kind: 'empty' });
  });

  it('pins anew when told to, and keeps the old checkpoint as evidence', async () => {
    await check(log(300));
    const found = await check(log(300, 1));
    if (found.kind !== 'alarm') throw new Error('No alarm');
    expect(await acknowledgeAlarm(deps(log(300, 1)), found.alarm)).toBe(true);
    expect(readAlarm(store)).toBeNull();
    expect(readEvidence(store)).toMatchObject([{ kind: 'fork', kept: { size: 300 } }]);
    expect(await check(log(310, 1))).toMatchObject({ kind: 'sound', size: 310 });
  });

  it('does not pin what is not signed', async () => {
    await check(log(300));
    const found = await check(log(300, 1));
    if (found.kind !== 'alarm') throw new Error('No alarm');
    const unsigned = { ...log(300, 1), vkeys: log(1, 0, [OTHER]).vkeys };
    expect(await acknowledgeAlarm(deps(unsigned), found.alarm)).toBe(false);
    expect(readAlarm(store)).toMatchObject({ kind: 'fork' });
  });
});

describe('the proof of an event', () => {
  const claimed = (index: number, leaf = leafOf(index)) => ({
    id: idOf(index),
    index,
    leaf: new TextDecoder().decode(leaf),
    leafHash: toHex(hashLeaf(nodeSha256, leaf)),
  });

  it('is a file that checks by itself', async () => {
    const proof = await proveFrom(log(700), claimed(511), verifyEd25519);
    if (proof.kind !== 'proven') throw new Error('Not proven');
    const file = parseTlogProof(proof.file);
    const { leaf } = JSON.parse(new TextDecoder().decode(file.extra as Uint8Array));
    const leafHash = hashLeaf(nodeSha256, new TextEncoder().encode(leaf));
    const trust = { origin: ORIGIN, logKeys: [KEY] };
    const { checkpoint } = await checkTlogProof(nodeSha256, file, leafHash, trust, verifyEd25519);
    expect(checkpoint.size).toBe(700);
  });

  it('is refused for another leaf, place, event, hash or key', async () => {
    const wrong = async (claim: object, files = log(700), trusted?: string[]) =>
      (await proveFrom(files, { ...claimed(511), ...claim }, verifyEd25519, trusted)).kind;
    expect(await wrong({})).toBe('proven');
    expect(await wrong({ index: 510 })).toBe('wrong');
    expect(await wrong({ id: idOf(510) })).toBe('wrong');
    expect(await wrong({ leafHash: '0'.repeat(64) })).toBe('wrong');
    expect(await wrong(claimed(511, leafOf(511, 1)))).toBe('wrong');
    expect(await wrong({}, log(700), await log(1, 0, [OTHER]).vkeys())).toBe('wrong');
    expect(await wrong({ index: 700 })).toBe('unanswered');
  });
});

describe('what a page shows of an event', () => {
  const salt = new Uint8Array(32).fill(7);
  const header = {
    action: 'participant.muted',
    outcome: 'accepted',
    occurred_at: 1_612_701_296_789,
    actor: 'operator:1',
    target: 'member:2',
    room: 'tea',
  };
  const texts = { event: JSON.stringify(header), reason: '"He shouted"', reporter: '"member:3"' };
  const digests = Object.entries(texts).map(([name, value]) =>
    fieldDigest(nodeSha256, { name, salt, value }),
  );
  const leaf: Leaf = {
    commitment: commitmentOf(nodeSha256, digests),
    id: idOf(1),
    kind: 'event',
    time: '2021-02-07T12:34:56.800Z',
  };
  const hashed = (name: keyof typeof texts) => ({
    name,
    text: texts[name],
    salt: toBase64(salt),
    digest: null,
  });
  const shown: ShownEvent = {
    at: leaf.time,
    action: 'participant.muted',
    version: 1,
    outcome: 'accepted',
    occurredAt: '2021-02-07T12:34:56.789Z',
    actorRef: 'operator:1',
    targetType: null,
    targetRef: 'member:2',
    room: 'tea',
    case: null,
    correlationId: null,
    parentId: null,
    reversesId: null,
    fields: [
      { name: 'reason', value: 'He shouted', subject: null, sealed: false, erasedAt: null },
      { name: 'reporter', value: null, subject: null, sealed: true, erasedAt: null },
    ],
    hashed: [
      hashed('event'),
      hashed('reason'),
      { name: 'reporter', text: null, salt: null, digest: toBase64(digests[2] as Uint8Array) },
    ],
  };

  it('is what its leaf commits to, with sealed fields only by their digest', () => {
    expect(() => checkShown(shown, leaf)).not.toThrow();
  });

  it.each([
    ['another actor', { actorRef: 'operator:9' }],
    ['another outcome', { outcome: 'refused' }],
    ['a case', { case: 'case:1' }],
    ['another time', { occurredAt: '2021-02-07T12:34:56.790Z' }],
    ['another recording time', { at: '2021-02-07T12:34:56.801Z' }],
    ['another reason', { fields: [{ ...shown.fields[0], value: 'Nothing' }] }],
    ['one field less', { hashed: shown.hashed.slice(0, 2) }],
    ['another text', { hashed: [{ ...hashed('event'), text: '{}' }, ...shown.hashed.slice(1)] }],
  ])('is refused with %s', (_, part) => {
    expect(() => checkShown({ ...shown, ...part } as ShownEvent, leaf)).toThrow(TlogError);
  });
});
