import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { formatCheckpoint, openCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { rootOf } from '#app/domain/audit/tlog/frontier.ts';
import { COSIGNATURE_V1, formatVkey, type VerifierKey } from '#app/domain/audit/tlog/key.ts';
import { formatNote } from '#app/domain/audit/tlog/note.ts';
import { proveConsistency } from '#app/domain/audit/tlog/prove.ts';
import { formatAddCheckpoint } from '#app/domain/audit/tlog/witness.ts';
import { openDb } from '#db/client.ts';
import { verifyEd25519 } from '#server/audit/ed25519.ts';
import { readLogKeys } from '#server/audit/log-key.ts';
import { readCheckpointNote } from '#server/audit/published-log.ts';
import { openSequencer } from '#server/audit/sequencer/sequencer.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { NO_POLICY } from '#server/audit/verify/policy.ts';
import { openSite } from '#server/audit/verify/site-files.ts';
import { verifySite } from '#server/audit/verify/verify-site.ts';
import { openWitness } from '#server/audit/witness/witness.ts';
import { witnessServer } from '#server/audit/witness/witness-server.ts';
import { openWitnessState } from '#server/audit/witness/witness-state.ts';
import { parseWitnesses } from '#server/config/witnesses.ts';
import { signText, testKey } from '#test/support/log-keys.ts';
import { appendMany, makeFolder, ORIGIN, sequencerOptions } from '#test/support/log-tree.ts';
import { cloneDatabase, type TestDatabase } from '#test/support/postgres.ts';
import { startProgram } from '#test/support/run-process.ts';
import { eventually } from '#test/support/server.ts';

const logKey = testKey(ORIGIN, 1);
const witnessKey = testKey('witness.example', 2, COSIGNATURE_V1);

/** A witness on a port of its own, following logs with these keys; gone with the test. */
async function startWitness(folder: string, keys: readonly VerifierKey[] = [logKey]) {
  const state = openWitnessState(join(folder, 'witness.json'));
  const witness = openWitness({ key: witnessKey, logs: new Map([[ORIGIN, keys]]), state });
  const server = witnessServer(witness, () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    post: (body: string | Uint8Array<ArrayBuffer>, path = '/add-checkpoint') =>
      fetch(url + path, { method: 'POST', body }),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('a witness', () => {
  const leaves = Array.from({ length: 20 }, (_, i) => sha256(Buffer.from(`${i}`)));
  const checkpoint = (size: number, fork = false) => {
    const hashes = leaves.slice(0, size);
    if (fork) hashes[0] = sha256(Buffer.from('fork'));
    const text = formatCheckpoint({
      origin: ORIGIN,
      size,
      root: rootOf(sha256, hashes),
      extensions: [],
    });
    return formatNote(text, [signText(logKey, text)]);
  };
  const proof = (from: number, to: number) =>
    proveConsistency(
      sha256,
      (level, index) => rootOf(sha256, leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
      from,
      to,
    );
  const request = async (from: number, to: number) =>
    formatAddCheckpoint({
      oldSize: from,
      proof: await proof(from, to),
      checkpoint: checkpoint(to),
    });
  let witness: Awaited<ReturnType<typeof startWitness>>;
  let folder: string;

  beforeEach(async () => {
    folder = makeFolder();
    witness = await startWitness(folder);
    return () => witness.stop();
  });

  test('cosigns a log that grows', async () => {
    for (const [from, to] of [
      [0, 3],
      [3, 3],
      [3, 11],
      [11, 20],
    ] as const) {
      const response = await witness.post(await request(from, to));
      expect(response.status).toBe(200);
      const trust = { origin: ORIGIN, logKeys: [logKey], witnessKeys: [witnessKey], quorum: 1 };
      const note = checkpoint(to) + (await response.text());
      const { signatures } = await openCheckpoint(note, trust, verifyEd25519);
      expect(signatures).toHaveLength(2);
    }
    expect(JSON.parse(readFileSync(join(folder, 'witness.json'), 'utf8'))).toMatchObject({
      [ORIGIN]: { size: 20 },
    });
  });

  test('answers 409 with the size it knows, also after a restart', async () => {
    await witness.post(await request(0, 7));
    witness.stop();
    witness = await startWitness(folder);
    const response = await witness.post(await request(3, 11));
    expect(response.status).toBe(409);
    expect(response.headers.get('content-type')).toBe('text/x.tlog.size');
    expect(await response.text()).toBe('7\n');
  });

  test('answers 422 to a wrong proof, and keeps what it knows', async () => {
    await witness.post(await request(0, 7));
    const wrong = formatAddCheckpoint({
      oldSize: 7,
      proof: (await proof(7, 11)).reverse(),
      checkpoint: checkpoint(11),
    });
    expect((await witness.post(wrong)).status).toBe(422);
    expect((await witness.post(await request(7, 11))).status).toBe(200);
  });

  test('does not cosign a fork of the same size', async () => {
    await witness.post(await request(0, 7));
    const fork = formatAddCheckpoint({ oldSize: 7, proof: [], checkpoint: checkpoint(7, true) });
    expect((await witness.post(fork)).status).toBe(409);
  });

  test('answers 403 to another key, 404 to another log, 400 to what is no request', async () => {
    const text = formatCheckpoint({
      origin: ORIGIN,
      size: 0,
      root: rootOf(sha256, []),
      extensions: [],
    });
    const signed = (key: typeof logKey, of = text) =>
      formatAddCheckpoint({
        oldSize: 0,
        proof: [],
        checkpoint: formatNote(of, [signText(key, of)]),
      });
    expect((await witness.post(signed(testKey(ORIGIN, 9)))).status).toBe(403);
    expect(
      (await witness.post(signed(testKey('other/log', 1), text.replace(ORIGIN, 'other/log'))))
        .status,
    ).toBe(404);
    expect((await witness.post('hello')).status).toBe(400);
    expect((await witness.post(Uint8Array.of(0xff, 0xfe))).status).toBe(400);
    expect((await witness.post('x', '/elsewhere')).status).toBe(404);
    expect((await witness.post('x'.repeat(70_000))).status).toBe(413);
    expect((await fetch(`${witness.url}/add-checkpoint`)).status).toBe(405);
  });

  test('cosigns one of two that race', async () => {
    await witness.post(await request(0, 3));
    const statuses = await Promise.all(
      [await request(3, 7), await request(3, 11)].map(
        async (body) => (await witness.post(body)).status,
      ),
    );
    expect(statuses.toSorted()).toEqual([200, 409]);
  });
});

describe('the sequencer', () => {
  let base: TestDatabase;
  beforeAll(async () => {
    base = await cloneDatabase();
    return () => base.drop();
  });

  test('has checkpoints cosigned, publishes that, and goes on without a witness', async () => {
    const folder = makeFolder();
    const options = sequencerOptions(base, folder);
    const publishDir = join(folder, 'site');
    const logKeys = readLogKeys(options.keyFile, ORIGIN, true);
    const witness = await startWitness(folder, logKeys);
    const dead = { url: 'http://127.0.0.1:1', key: testKey('dead.example', 3, COSIGNATURE_V1) };
    const witnesses = [{ url: witness.url, key: witnessKey }, dead];
    const sequencer = openSequencer({ ...options, publishDir, witnesses, witnessQuorum: 1 });
    const app = openDb({ url: base.appUrl, max: 1 });
    const policy = {
      ...NO_POLICY,
      origin: ORIGIN,
      logKeys: [...logKeys],
      witnessKeys: [witnessKey],
      quorum: 1,
    };
    try {
      for (const count of [3, 300]) {
        await appendMany(base, count);
        await eventually(
          async () => (await readCheckpointNote(app.sql)) ?? '',
          (note) =>
            note.includes('witness.example') && note.split('\n')[1] === `${count === 3 ? 3 : 303}`,
        );
      }
      await eventually(
        () => verifySite(openSite(publishDir), policy),
        ({ verdict }) => verdict === 'sound',
      );
      witness.stop();
      await appendMany(base, 5);
      await eventually(
        async () => (await readCheckpointNote(app.sql)) ?? '',
        (note) => note.split('\n')[1] === '308',
      );
      const report = await verifySite(openSite(publishDir), { ...policy, quorum: 2 });
      expect(report.verdict).toBe('incomplete');
      expect(options.complaints.map(({ fields }) => fields)).toContainEqual(
        expect.objectContaining({ witness: expect.stringMatching(/^dead.example/) }),
      );
    } finally {
      await app.close();
      await sequencer.stop();
      witness.stop();
    }
  });

  test('signs nothing more once a witness has seen a larger tree, also without its own pin', async () => {
    const other = await cloneDatabase();
    const options = sequencerOptions(base);
    const witness = await startWitness(makeFolder(), readLogKeys(options.keyFile, ORIGIN, true));
    const witnesses = [{ url: witness.url, key: witnessKey }];
    const sequencerOf = (of: TestDatabase) => {
      const { db } = sequencerOptions(of);
      // A folder anew, as a backup brings it: with the key, and with no pin.
      return openSequencer({ ...options, db, dataDir: makeFolder(), witnesses, everyMs: 20 });
    };
    await appendMany(other, 5);
    const ahead = sequencerOf(other);
    const app = openDb({ url: other.appUrl, max: 1 });
    await eventually(
      async () => (await readCheckpointNote(app.sql)) ?? '',
      (note) => note.includes('witness.example'),
    );
    await app.close();
    await ahead.stop();
    await other.drop();

    const fresh = await cloneDatabase();
    const behind = sequencerOf(fresh);
    try {
      const { halted } = await eventually(
        () => behind.state(),
        (state) => state.halted !== null,
      );
      expect(halted).toMatch(
        /^the log is smaller than the witness witness.example.* has seen 5 entries/,
      );
      await appendMany(fresh, 9);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(await behind.state()).toMatchObject({ depth: 9 });
    } finally {
      await behind.stop();
      witness.stop();
      await fresh.drop();
    }
  });
});

test('the configuration names witnesses by key and address', () => {
  const vkey = formatVkey(witnessKey);
  expect(
    parseWitnesses(`${vkey} https://w.example , ${vkey} http://127.0.0.1:8/x`).witnesses,
  ).toHaveLength(2);
  expect(parseWitnesses(`${vkey}`).problems).toEqual(['1 is not a vkey and an address']);
  expect(parseWitnesses(`${formatVkey(logKey)} https://w.example`).problems[0]).toMatch(
    /the key of a log/,
  );
  expect(parseWitnesses('')).toEqual({ witnesses: [], problems: [] });
});

test('rostrum audit witness makes its key, and cosigns until it is stopped', async () => {
  const folder = makeFolder();
  const args = [
    'audit',
    'witness',
    '--name',
    'w.example',
    '--log',
    formatVkey(logKey),
    '--key',
    join(folder, 'key'),
    '--state',
    join(folder, 'state'),
    '--listen',
    '127.0.0.1:0',
  ];
  const child = startProgram('server/cli/rostrum.ts', args, { NODE_ENV: 'test' });
  let out = '';
  child.stdout?.on('data', (text) => {
    out += text;
  });
  await eventually(
    () => out,
    (text) => text.includes('listening on '),
  );
  expect(out).toMatch(/^vkey w\.example\+[0-9a-f]{8}\+/);
  const text = formatCheckpoint({
    origin: ORIGIN,
    size: 0,
    root: rootOf(sha256, []),
    extensions: [],
  });
  const body = formatAddCheckpoint({
    oldSize: 0,
    proof: [],
    checkpoint: formatNote(text, [signText(logKey, text)]),
  });
  const url = /listening on (\S+)/.exec(out)?.[1];
  const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
  expect(await response.text()).toMatch(/^— w\.example /);
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
