import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCheckpoint } from '#app/domain/audit/tlog/checkpoint.ts';
import { parseEntryBundle } from '#app/domain/audit/tlog/entry-bundle.ts';
import { parseVkey } from '#app/domain/audit/tlog/key.ts';
import { tilesOf } from '#app/domain/audit/tlog/tile.ts';
import { tilePath } from '#app/domain/audit/tlog/tile-path.ts';
import { verifyEd25519 } from '#server/audit/ed25519.ts';
import { sha256 } from '#server/audit/sha256.ts';
import { appendMany, naiveRoot, ORIGIN, readTree } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { useRostrum } from '#test/support/rostrum.ts';
import { eventually } from '#test/support/server.ts';

const base = useDatabase();
const dataDir = mkdtempSync(join(tmpdir(), 'rostrum-log-'));
afterAll(() => rmSync(dataDir, { recursive: true }));
const server = useRostrum(base, {
  get SEQUENCER_DATABASE_URL() {
    return base.sequencerUrl;
  },
  ROSTRUM_DATA_DIR: dataDir,
  LOG_ORIGIN: ORIGIN,
  LOG_READS_PER_MINUTE: '300',
});
let leaves: Buffer[];

/** As the path stands: `fetch` would tidy it up. */
function read(path: string, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>(
    (resolve, reject) => {
      const { port } = new URL(server.url);
      const asked = request({ port, method, path: `/log/${path}` }, async (response) => {
        const body = Buffer.concat(await response.toArray());
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
      asked.on('error', reject).end();
    },
  );
}

beforeAll(async () => {
  await appendMany(base, 300);
  await eventually(
    async () => (await base.db.sql`select from audit.checkpoint where tree_size = 300`).length,
    (found) => found === 1,
  );
  const owner = postgres(base.ownerUrl, { max: 1 });
  leaves = (await readTree(owner)).leaves;
  await owner.end();
});

describe("the log's public files", () => {
  it('hold a checkpoint that the public key verifies, over every event there is', async () => {
    const vkey = await read('vkey');
    expect(vkey.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8' });
    const checkpoint = await read('checkpoint');
    expect(checkpoint.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'public, max-age=1',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    const logKeys = [parseVkey(sha256, vkey.body.toString().trim())];
    const opened = await openCheckpoint(
      checkpoint.body.toString(),
      { origin: ORIGIN, logKeys },
      verifyEd25519,
    );
    expect(opened.checkpoint.size).toBe(300);
    expect(opened.checkpoint.root).toEqual(new Uint8Array(naiveRoot(leaves)));
  });

  it('hold every tile and every entry, to be kept for a year once they are full', async () => {
    const entries: Uint8Array[] = [];
    for (const { level, index, width } of tilesOf(300)) {
      const tile = await read(tilePath({ level, index, width }));
      expect(tile.status).toBe(200);
      expect(tile.body).toHaveLength(width * 32);
      expect(tile.headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'cache-control':
          width === 256 ? 'public, max-age=31536000, immutable' : 'public, max-age=60',
      });
      if (level > 0) continue;
      const bundle = await read(tilePath({ level: 'entries', index, width }));
      entries.push(...parseEntryBundle(bundle.body, width));
    }
    expect(entries.map((entry) => Buffer.from(entry))).toEqual(leaves);
    const first = await read('tile/0/000.p/1');
    const leaf = Buffer.concat([Buffer.of(0), leaves[0] as Buffer]);
    expect(first.body.toString('hex')).toBe(hash('sha256', leaf, 'hex'));
  });

  it.each([
    'tile/0/001',
    'tile/0/001.p/45',
    'tile/1/001.p/1',
    'tile/2/000.p/1',
    'tile/63/000',
    'tile/entries/001',
    'tile/entries/001.p/45',
    'tile/entries/x009/x007/x199/x254/x740/991',
  ])('lack what the log has not grown to: %s', async (path) => {
    const answer = await read(path);
    expect(answer).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' } });
  });

  it.each([
    'tile/0/0',
    'tile/0/x000/000',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/000/',
    'tile/0//000',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/256',
    'tile/0/000.p/',
    'tile/0/000%2ep/1',
    'tile/%30/000',
    'tile/0/../0/000',
    'tile/entries/000.p/x',
    'tile/data/000',
    `tile/0/${'x999/'.repeat(6)}999`,
    'tile/',
  ])('have one path each: %s', async (path) => {
    expect(await read(path)).toMatchObject({
      status: 400,
      headers: { 'cache-control': 'no-store' },
    });
  });

  it('are only read', async () => {
    for (const path of ['checkpoint', 'vkey', 'tile/0/000']) {
      expect(await read(path, 'POST')).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD' },
      });
    }
    const head = await read('tile/0/000', 'HEAD');
    expect(head).toMatchObject({ status: 200, headers: { 'content-length': '8192' } });
    expect(head.body).toHaveLength(0);
  });

  it('tell in the metrics how the tree is', async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).toMatch(/^rostrum_log_tree_size 300$/m);
    expect(text).toMatch(/^rostrum_log_outbox_depth 0$/m);
    expect(text).toMatch(/^rostrum_log_outbox_oldest_seconds 0$/m);
    expect(text).toMatch(/^rostrum_log_halted 0$/m);
    expect(text).toMatch(/^rostrum_log_checkpoint_seconds [\d.]+$/m);
  });

  it('are not read without limit', async () => {
    let status = 200;
    for (let asked = 0; asked < 400 && status === 200; asked++) {
      ({ status } = await read('checkpoint'));
    }
    expect(status).toBe(429);
  });
});
