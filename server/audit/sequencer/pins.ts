import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeHead } from '#app/domain/audit/tlog/check-proof.ts';
import { fromBase64, toBase64 } from '#app/domain/audit/tlog/encoding.ts';
import { writeWhole } from '#server/audit/write-whole.ts';
import { LogHalted } from './halt.ts';

/** A tree that someone saw, and which every later one must begin with. */
export interface Pin extends TreeHead {
  /** Where it is written, for people. */
  from: string;
}

export interface Pins {
  /** Reads all anew. @throws LogHalted when a file can't be read or understood */
  read(): Promise<Pin[]>;
  /** Replaces this process's own pin, unless it is the same; on disk when it returns. */
  keep(head: TreeHead): Promise<void>;
}

/**
 * Opens the pins of a log: its own in the data directory, and those of a file that someone else
 * keeps. Each is a line `origin size root`, the root in base64; lines that begin with # are remarks.
 */
export function openPins(origin: string, dataDir: string, givenFile?: string): Pins {
  const own = join(dataDir, 'log-pin');
  let kept = '';
  return {
    async read() {
      const ownPins = await readPins(own, origin, true);
      return givenFile ? [...ownPins, ...(await readPins(givenFile, origin))] : ownPins;
    },
    async keep(head) {
      const line = writePin(origin, head);
      if (line !== kept) await writeWhole(own, line, 0o600);
      kept = line;
    },
  };
}

/** One line of a file of pins, with its end. */
export function writePin(origin: string, { size, root }: TreeHead): string {
  return `${origin} ${size} ${toBase64(root)}\n`;
}

async function readPins(path: string, origin: string, mayLack = false): Promise<Pin[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && mayLack) return [];
    throw new LogHalted(`the pins in ${path} can't be read (${code})`);
  }
  return parsePins(text, origin, path);
}

/**
 * Reads lines of pins; those of other logs are left out.
 * @throws LogHalted naming the first line that is none
 */
export function parsePins(text: string, origin: string, from: string): Pin[] {
  const pins: Pin[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [named, size = '', root = '', ...more] = line.trim().split(' ');
    const sound = /^(0|[1-9]\d{0,15})$/.test(size) && root.length === 44 && more.length === 0;
    const bytes = sound ? bytesOf(root) : null;
    if (bytes === null) throw new LogHalted(`line ${index + 1} of ${from} is no pin`);
    if (named === origin) pins.push({ size: Number(size), root: bytes, from });
  }
  return pins;
}

function bytesOf(root: string): Uint8Array | null {
  try {
    return fromBase64(root, 'the root');
  } catch {
    return null;
  }
}
