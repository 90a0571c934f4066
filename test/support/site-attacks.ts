import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SignerKey } from '#app/domain/audit/tlog/key.ts';
import { testKey } from '#test/support/log-keys.ts';
import {
  changeFile,
  changeText,
  flipBit,
  joinEntries,
  readEntries,
  rewriteLog,
  signCheckpoint,
  splitEntries,
} from '#test/support/published-copy.ts';
import type { SignedRun } from '#test/support/signed-run.ts';

/** What every verifier must say of a log of 617 entries. */
export interface SiteAttack {
  what: string;
  verdict: 'tampered' | 'incomplete' | 'unreadable';
  /** In the words of the verifier in Python. */
  said: string;
  attack(folder: string, run: SignedRun): void;
}

const SIZE = 617;
const stranger = testKey('foreign.example/log', 9);
/** The end of the last tile's and bundle's names. */
const LAST = `002.p/${SIZE - 512}`;

export const SITE_ATTACKS: SiteAttack[] = [
  {
    what: 'a flipped bit in a commitment of a bundle of entries',
    verdict: 'tampered',
    said: 'tile/0/001: differs from the entries at entry 256',
    attack: (folder) => flipBit(join(folder, 'tile/entries/001'), 20),
  },
  {
    what: 'a flipped bit in the last entry',
    verdict: 'tampered',
    said: `differs from the entries at entry ${SIZE - 1}`,
    attack: (folder) => {
      const file = join(folder, `tile/entries/${LAST}`);
      flipBit(file, readFileSync(file).length - 20);
    },
  },
  {
    what: 'a flipped bit in a full tile',
    verdict: 'tampered',
    said: 'tile/0/000: differs from the entries at entry 3',
    attack: (folder) => flipBit(join(folder, 'tile/0/000'), 100),
  },
  {
    what: 'a flipped bit in a tile of level 1',
    verdict: 'tampered',
    said: 'tile/1/000.p/2: differs from the entries at entry 256',
    attack: (folder) => flipBit(join(folder, 'tile/1/000.p/2'), 40),
  },
  {
    what: 'another size in the checkpoint',
    verdict: 'tampered',
    said: 'the signature',
    attack: (folder) => changeText(join(folder, 'checkpoint'), `\n${SIZE}\n`, `\n${SIZE - 1}\n`),
  },
  {
    what: 'another root in the checkpoint',
    verdict: 'tampered',
    said: 'the signature',
    attack: (folder) =>
      changeFile(join(folder, 'checkpoint'), (bytes) => {
        const lines = bytes.toString().split('\n');
        const root = Buffer.from(lines[2] as string, 'base64');
        root.writeUInt8(root.readUInt8(0) ^ 1, 0);
        lines[2] = root.toString('base64');
        return lines.join('\n');
      }),
  },
  {
    what: "another key's signature in its own name",
    verdict: 'tampered',
    said: 'not signed by the key',
    attack: (folder) => resign(folder, stranger),
  },
  {
    what: "another key's signature in the name of the log's",
    verdict: 'tampered',
    said: 'does not hold',
    attack: (folder, run) => resign(folder, stranger, run.key),
  },
  {
    what: 'another origin',
    verdict: 'tampered',
    said: 'does not hold',
    attack: (folder, run) =>
      changeText(join(folder, 'checkpoint'), run.origin, 'other.example/log'),
  },
  {
    what: "another origin, signed by the log's own key",
    verdict: 'tampered',
    said: 'of the origin other.example/log',
    attack: (folder, run) => {
      const text = rewriteLog(folder, 'other.example/log', readEntries(folder));
      writeFileSync(join(folder, 'checkpoint'), signCheckpoint(text, run.key));
    },
  },
  {
    what: 'a dropped leaf',
    verdict: 'incomplete',
    said: 'tile/entries/000: ends within or before entry 255',
    attack: (folder) => changeFile(join(folder, 'tile/entries/000'), dropThird),
  },
  {
    what: 'a dropped leaf, the rest moved up and all tiles made anew',
    verdict: 'tampered',
    said: 'its root is not that',
    attack: (folder, run) => {
      const entries = readEntries(folder).toSpliced(2, 1);
      rewriteLog(folder, run.origin, [...entries, entries.at(-1) as Buffer]);
    },
  },
  {
    what: 'a dropped leaf in a log that a stranger signed',
    verdict: 'tampered',
    said: 'does not hold',
    attack: (folder, run) => {
      const text = rewriteLog(folder, run.origin, readEntries(folder).toSpliced(2, 1));
      writeFileSync(join(folder, 'checkpoint'), signCheckpoint(text, stranger, run.key));
    },
  },
  {
    what: "two leaves in each other's place",
    verdict: 'tampered',
    said: 'tile/0/000: differs from the entries at entry 5',
    attack: (folder) =>
      changeFile(join(folder, 'tile/entries/000'), (bytes) => {
        const entries = splitEntries(bytes);
        [entries[5], entries[9]] = [entries[9] as Buffer, entries[5] as Buffer];
        return joinEntries(entries);
      }),
  },
  {
    what: 'a bundle of entries that is cut off',
    verdict: 'incomplete',
    said: 'ends within or before entry 512',
    attack: (folder) => truncateSync(join(folder, `tile/entries/${LAST}`), 100),
  },
  {
    what: 'a bundle of entries that is missing',
    verdict: 'incomplete',
    said: 'tile/entries/001: missing',
    attack: (folder) => rmSync(join(folder, 'tile/entries/001')),
  },
  {
    what: 'a missing bundle, and a flipped bit before it',
    verdict: 'tampered',
    said: 'tile/0/000: differs from the entries at entry 3',
    attack: (folder) => {
      rmSync(join(folder, 'tile/entries/001'));
      flipBit(join(folder, 'tile/0/000'), 100);
    },
  },
  {
    what: 'a tile that is missing',
    verdict: 'incomplete',
    said: 'tile/0/000: missing',
    attack: (folder) => rmSync(join(folder, 'tile/0/000')),
  },
  {
    what: 'a tile that lacks hashes',
    verdict: 'incomplete',
    said: 'tile/0/000: 6400 bytes',
    attack: (folder) => truncateSync(join(folder, 'tile/0/000'), 6400),
  },
  {
    what: 'a tile that is none',
    verdict: 'unreadable',
    said: 'tile/0/000: 8193 bytes',
    attack: (folder) =>
      changeFile(join(folder, 'tile/0/000'), (raw) => Buffer.concat([raw, raw.subarray(0, 1)])),
  },
  {
    what: 'a checkpoint that is cut off',
    verdict: 'incomplete',
    said: 'checkpoint: cut off',
    attack: (folder) => changeFile(join(folder, 'checkpoint'), (bytes) => bytes.subarray(0, -9)),
  },
  {
    what: 'a checkpoint that is none',
    verdict: 'unreadable',
    said: 'not a signature line',
    attack: (folder) => changeText(join(folder, 'checkpoint'), '— ', '- '),
  },
  {
    what: 'an entry that is no leaf, in a tree that the log has signed',
    verdict: 'unreadable',
    said: 'entry 4: not a leaf',
    attack: (folder, run) => {
      const entries = readEntries(folder);
      entries[4] = Buffer.from(String(entries[4]).replace('"v":1', '"v":2'));
      const text = rewriteLog(folder, run.origin, entries);
      writeFileSync(join(folder, 'checkpoint'), signCheckpoint(text, run.key));
    },
  },
];

function resign(folder: string, by: SignerKey, as?: SignerKey): void {
  changeFile(join(folder, 'checkpoint'), (bytes) => {
    const note = bytes.toString();
    return signCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1), by, as);
  });
}

function dropThird(bundle: Buffer): Buffer {
  return joinEntries(splitEntries(bundle).toSpliced(2, 1));
}
