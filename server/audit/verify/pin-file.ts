import { readFile } from 'node:fs/promises';
import { fromDecimal, hashFromBase64, toBase64 } from '#app/domain/audit/tlog/encoding.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { writeWhole } from '#server/audit/write-whole.ts';
import type { Pin } from './policy.ts';

/** A pin and the log it is of. */
export interface OriginPin extends Pin {
  origin: string;
}

/**
 * Reads lines `origin size root`, the root in base64; empty ones and remarks after # are left out.
 * @throws {TlogError} naming the first line that is none
 */
export function parsePinFile(text: string, from: string): OriginPin[] {
  const pins: OriginPin[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [origin = '', size = '', root = '', ...more] = line.trim().split(' ');
    const where = `line ${i + 1} of ${from}`;
    if (root === '' || more.length > 0) {
      throw new TlogError('unreadable', `${where} is no pin: it must have origin, size and root`);
    }
    const pin = {
      size: fromDecimal(size, `the size in ${where}`),
      root: hashFromBase64(root, `the root in ${where}`),
    };
    pins.push({ origin, ...pin, from });
  }
  return pins;
}

/** Reads a file of pins. @throws {TlogError} unreadable */
export async function readPinFile(path: string): Promise<OriginPin[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new TlogError(
      'unreadable',
      `${path} can't be read (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  return parsePinFile(text, path);
}

/** Adds a pin to a file, which is made when it isn't there; whole or not at all. */
export async function addPin(path: string, pin: Omit<OriginPin, 'from'>): Promise<void> {
  const before = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new TlogError('unreadable', `${path} can't be read (${error.code})`);
  });
  const line = `${pin.origin} ${pin.size} ${toBase64(pin.root)}\n`;
  if (before.split('\n').includes(line.trimEnd())) return;
  await writeWhole(path, `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${line}`);
}
