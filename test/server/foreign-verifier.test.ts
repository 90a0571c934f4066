import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatVkey } from '#app/domain/audit/tlog/key.ts';
import { NO_POLICY, readLogKey } from '#server/audit/verify/policy.ts';
import { openSite } from '#server/audit/verify/site-files.ts';
import { verifySite } from '#server/audit/verify/verify-site.ts';
import { testKey } from '#test/support/log-keys.ts';
import { makeFolder } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import {
  addSignature,
  changeFile,
  readEntries,
  rewriteLog,
  signCheckpoint,
} from '#test/support/published-copy.ts';
import { hasPython, verifyInPython } from '#test/support/python-verifier.ts';
import { runSigned, type SignedRun } from '#test/support/signed-run.ts';
import { SITE_ATTACKS } from '#test/support/site-attacks.ts';

const SIZE = 617;
const base = useDatabase();
let run: SignedRun;

function copySite(): string {
  const copy = join(makeFolder(), 'site');
  cpSync(run.site, copy, { recursive: true });
  return copy;
}

const verify = (folder: string, ...more: string[]) =>
  verifyInPython('--vkey', run.vkey, ...more, folder);

/** What `rostrum audit verify` says. */
async function ownVerdict(folder: string): Promise<string> {
  const logKeys = [readLogKey(run.vkey, 'the test')];
  const policy = { ...NO_POLICY, origin: run.origin, logKeys };
  return (await verifySite(openSite(folder), policy)).verdict;
}

describe.skipIf(!hasPython())(
  'published files, by a verifier that shares no code with Rostrum',
  () => {
    beforeAll(async () => {
      run = await runSigned(base, [200, 150, 267]);
      return run.remove;
    }, 60_000);

    it('accepts what the sequencer published, and every checkpoint kept on the way', async () => {
      const kept = run.kept.flatMap((file) => ['--kept', file]);
      const { verdict, said } = await verify(run.site, ...kept);
      expect(said).toContain(`entries: read ${SIZE} of ${SIZE}\n`);
      expect(said).toContain('tiles: compared 4 in 2 levels\n');
      for (const size of [200, 350, SIZE]) {
        expect(said).toContain(`kept-${size}: its root is that of the ${size} entries\n`);
      }
      expect(verdict).toBe('sound');
    });

    it("accepts the document's own example", async () => {
      const text = readFileSync(join(import.meta.dirname, '../../docs/audit-log.md'), 'utf8');
      const leaves = text.match(/^\{"c":"[0-9a-f]{64}".*\}$/gm) ?? [];
      const [checkpoint] = /^example\.org\/log\n2\n.{44}\n\n— .*\n/m.exec(text) ?? [''];
      const [vkey] = /example\.org\/log\+[0-9a-f]{8}\+[\w+/=]+/.exec(text) ?? [''];
      const folder = join(makeFolder(), 'site');
      rewriteLog(
        folder,
        'example.org/log',
        leaves.map((leaf) => Buffer.from(leaf)),
      );
      writeFileSync(join(folder, 'checkpoint'), checkpoint);
      expect(await verifyInPython('--vkey', vkey, folder)).toMatchObject({ verdict: 'sound' });
    });

    it('accepts whole tiles where the parts are gone, and lines of keys it does not know', async () => {
      const [copy, grown] = [copySite(), copySite()];
      const entries = readEntries(copy);
      rewriteLog(grown, run.origin, [...entries, ...entries.slice(0, 200)]);
      for (const tile of ['tile/0/002', 'tile/entries/002']) {
        rmSync(join(copy, `${tile}.p`), { recursive: true });
        cpSync(join(grown, tile), join(copy, tile));
      }
      const other = testKey('other.example/log', 3);
      changeFile(join(copy, 'checkpoint'), (note) => addSignature(String(note), other));
      expect(await verify(copy)).toMatchObject({ verdict: 'sound' });
    });

    for (const { what, verdict, said, attack } of SITE_ATTACKS) {
      it(`refuses ${what}: ${verdict}`, async () => {
        const copy = copySite();
        attack(copy, run);
        const answer = await verify(copy);
        expect(answer.said).toContain(said);
        expect(answer.verdict).toBe(verdict);
        expect(await ownVerdict(copy)).toBe(verdict);
      });
    }

    it("refuses a past rewritten with the log's own key, given a checkpoint kept from earlier", async () => {
      const copy = copySite();
      const text = rewriteLog(copy, run.origin, readEntries(copy).toSpliced(2, 1));
      writeFileSync(join(copy, 'checkpoint'), signCheckpoint(text, run.key));
      expect(await verify(copy)).toMatchObject({ verdict: 'sound' });
      const { verdict, said } = await verify(copy, '--kept', run.kept[0] as string);
      expect(said).toContain('kept-200: its root is not that of the 200 entries');
      expect(verdict).toBe('tampered');
    });

    it('refuses a log that has shrunk', async () => {
      const copy = copySite();
      rewriteLog(copy, run.origin, readEntries(copy).slice(0, 350));
      cpSync(run.kept[1] as string, join(copy, 'checkpoint'));
      expect(await verify(copy)).toMatchObject({ verdict: 'sound' });
      const { verdict, said } = await verify(copy, '--kept', run.kept[2] as string);
      expect(said).toContain(`the log shrank from ${SIZE} to 350 entries`);
      expect(verdict).toBe('tampered');
    });

    it('trusts no other key, and expects the origin it was told', async () => {
      const stranger = formatVkey(testKey(run.origin, 9));
      expect(await verifyInPython('--vkey', stranger, run.site)).toMatchObject({
        verdict: 'tampered',
      });
      expect(await verify(run.site, '--origin', 'other.example/log')).toMatchObject({
        verdict: 'tampered',
      });
      const wrongId = run.vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+');
      expect(await verifyInPython('--vkey', wrongId, run.site)).toMatchObject({
        verdict: 'unreadable',
      });
    });
  },
);
