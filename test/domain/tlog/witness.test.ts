import { describe, expect, it } from 'vitest';
import { formatCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { toBase64, toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { COSIGNATURE_V1, keyLabel } from '#app/domain/audit/tlog/key.ts';
import { formatNote, parseNote, verifyNote } from '#app/domain/audit/tlog/note.ts';
import {
  formatAddCheckpoint,
  formatCosignatures,
  judgeAddCheckpoint,
  parseAddCheckpoint,
  readWitnessAnswer,
  type WitnessedLog,
} from '#app/domain/audit/tlog/witness.ts';
import { signText, testKey, verifyEd25519 } from '#test/support/log-keys.ts';
import { naiveProof, naiveRoot, nodeSha256 } from '#test/support/naive-tree.ts';

const ORIGIN = 'rostrum.local/log';
const log = testKey(ORIGIN, 1);
const witness = testKey('witness.example/w1', 2, COSIGNATURE_V1);
const entries = Array.from({ length: 21 }, (_, i) => toUtf8(`entry ${i}`));
const head = (size: number) => ({ size, root: naiveRoot(entries.slice(0, size)) });

function signed(
  size: number,
  changes: { origin?: string; root?: Uint8Array; key?: typeof log } = {},
) {
  const { origin = ORIGIN, root = head(size).root, key = log } = changes;
  const text = formatCheckpoint({ origin, size, root, extensions: [] });
  return formatNote(text, [signText(key, text)]);
}

const proofOf = (older: number, newer: number) => naiveProof(older, entries.slice(0, newer));

function judge(body: string, latest: WitnessedLog['latest'] = head(13)) {
  const find = (origin: string) => (origin === ORIGIN ? { keys: [log], latest } : null);
  return judgeAddCheckpoint(nodeSha256, body, find, verifyEd25519);
}

const good = formatAddCheckpoint({ oldSize: 13, proof: proofOf(13, 21), checkpoint: signed(21) });

describe('a request to a witness', () => {
  it('has the lines of c2sp.org/tlog-witness', () => {
    const hashes = proofOf(13, 21);
    expect(good).toBe(`old 13\n${hashes.map(toBase64).join('\n')}\n\n${signed(21)}`);
    expect(parseAddCheckpoint(good)).toEqual({
      oldSize: 13,
      proof: hashes,
      checkpoint: signed(21),
    });
    const first = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: signed(21) });
    expect(first).toBe(`old 0\n\n${signed(21)}`);
    expect(parseAddCheckpoint(first).proof).toEqual([]);
  });

  it('reads that specification’s example', () => {
    const example = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`;
    const request = parseAddCheckpoint(example);
    expect(request).toMatchObject({ oldSize: 20_852_014, proof: { length: 4 } });
    expect(parseNote(request.checkpoint).signatures).toHaveLength(2);
    expect(formatAddCheckpoint(request)).toBe(example);
  });

  it('is taken when it continues what was cosigned last', async () => {
    expect(await judge(good)).toMatchObject({ status: 200, checkpoint: head(21) });
    const first = formatAddCheckpoint({ oldSize: 0, proof: [], checkpoint: signed(21) });
    expect(await judge(first, null)).toMatchObject({ status: 200 });
    const same = formatAddCheckpoint({ oldSize: 13, proof: [], checkpoint: signed(13) });
    expect(await judge(same)).toMatchObject({ status: 200 });
  });

  const request = (oldSize: number, proof: Uint8Array[], checkpoint: string) =>
    formatAddCheckpoint({ oldSize, proof, checkpoint });

  it.each([
    [400, 'no first line', good.replace('old ', 'new ')],
    [400, 'a leading zero', good.replace('old 13', 'old 013')],
    [400, 'a hash cut off', good.replace('=\n', '\n')],
    [400, 'no blank line', 'old 13\n'],
    [400, '64 hashes', request(13, Array(64).fill(new Uint8Array(32)), signed(21))],
    [400, 'no signature', good.slice(0, good.indexOf('—'))],
    [400, 'an old size above the new', request(14, [], signed(13))],
    [404, 'another log', request(13, proofOf(13, 21), signed(21, { origin: 'other.example' }))],
    [403, 'another key', request(13, proofOf(13, 21), signed(21, { key: testKey(ORIGIN, 9) }))],
    [403, 'a changed root', good.replace(toBase64(head(21).root), toBase64(head(20).root))],
    [409, 'an older size than cosigned', request(8, proofOf(8, 21), signed(21))],
    [409, 'no old size though one is cosigned', request(0, [], signed(21))],
    [409, 'a fork of the same size', request(13, [], signed(13, { root: head(12).root }))],
    [422, 'a proof with a hash missing', request(13, proofOf(13, 21).slice(1), signed(21))],
    [422, 'a proof in another order', request(13, proofOf(13, 21).reverse(), signed(21))],
    [
      422,
      'a proof of another tree',
      request(13, proofOf(13, 21), signed(21, { root: head(20).root })),
    ],
    [422, 'a needless proof', request(13, [head(1).root], signed(13))],
  ])('is answered %i with %s', async (status, _, body) => {
    const answer = await judge(body);
    expect(answer.status).toBe(status);
    expect(answer).not.toHaveProperty('checkpoint');
  });

  it('is told the size cosigned last when it is another, and only then', async () => {
    const stale = await judge(request(8, proofOf(8, 21), signed(21)));
    expect(stale).toMatchObject({ status: 409, contentType: 'text/x.tlog.size', body: '13\n' });
    const early = await judge(good, null);
    expect(early).toMatchObject({ status: 409, contentType: 'text/x.tlog.size', body: '0\n' });
    const fork = await judge(request(13, [], signed(13, { root: head(12).root })));
    expect(fork).toMatchObject({ contentType: 'text/plain; charset=utf-8' });
  });

  it('with a proof from nothing is refused', async () => {
    expect(await judge(request(0, [head(1).root], signed(21)), null)).toMatchObject({
      status: 422,
      reason: expect.stringContaining('takes 0 hashes, but this proof has 1'),
    });
  });

  it('meets an error of the witness’s own store as that error', async () => {
    const broken = () => Promise.reject(new Error('disk full'));
    await expect(judgeAddCheckpoint(nodeSha256, good, broken, verifyEd25519)).rejects.toThrow(
      'disk full',
    );
  });
});

describe('a witness’s answer', () => {
  it('is cosignatures that verify below the checkpoint', async () => {
    const { text } = parseNote(signed(21));
    const body = formatCosignatures([signText(witness, text, 1_700_000_000)]);
    const answer = readWitnessAnswer(200, 'text/plain', body);
    if (answer.kind !== 'cosigned') throw new Error(answer.kind);
    const held = await verifyNote(
      { text, signatures: answer.signatures },
      [witness],
      verifyEd25519,
    );
    expect(held.map(keyLabel)).toEqual([keyLabel(witness)]);
  });

  it('is a size to begin from, or a refusal', () => {
    expect(readWitnessAnswer(409, 'text/x.tlog.size', '20852014\n')).toEqual({
      kind: 'stale',
      size: 20_852_014,
    });
    expect(readWitnessAnswer(409, 'text/plain', 'two trees\n')).toEqual({
      kind: 'refused',
      status: 409,
      reason: 'two trees',
    });
    expect(readWitnessAnswer(503, null, '')).toMatchObject({ kind: 'refused', status: 503 });
  });

  it.each([
    [200, '', 'incomplete'],
    [200, '— w1 AAAA', 'incomplete'],
    [200, 'hello\n', 'unreadable'],
    [200, `${formatCosignatures([signText(witness, 'x\n')])}\n`, 'unreadable'],
    [409, '20852014', 'incomplete'],
    [409, '-1\n', 'unreadable'],
    [409, '1\n\n', 'unreadable'],
  ])('%i %j is refused', (status, body, kind) => {
    expect(() => readWitnessAnswer(status, 'text/x.tlog.size', body)).toThrow(
      expect.objectContaining({ kind }),
    );
  });
});
