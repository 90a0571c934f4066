import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SignerKey } from '#app/domain/audit/tlog/key.ts';
import { formatNote, formatSignature } from '#app/domain/audit/tlog/note.ts';
import { signText } from '#test/support/log-keys.ts';
import { naiveRoot } from '#test/support/naive-tree.ts';

/** Changes a file's bytes. */
export function changeFile(path: string, change: (bytes: Buffer) => Uint8Array | string): void {
  writeFileSync(path, change(readFileSync(path)));
}

/** Inverts the lowest bit of one byte. */
export function flipBit(path: string, at: number): void {
  changeFile(path, (bytes) => {
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    return bytes;
  });
}

/** Changes a text file. @throws when that changes nothing */
export function changeText(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(path, 'utf8');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${path} does not have ${from}`);
  writeFileSync(path, changed);
}

/** The entries of a bundle. */
export function splitEntries(bundle: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle.readUInt16BE(at);
    entries.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** All entries of published files, as far as their bundles go. */
export function readEntries(site: string): Buffer[] {
  const folder = join(site, 'tile/entries');
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .sort()
    .flatMap((file) => splitEntries(readFileSync(file)));
}

/** A bundle of entries. */
export function joinEntries(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => [Buffer.of(entry.length >> 8, entry.length & 0xff), entry]),
  );
}

/** Signs a checkpoint's text. `as`: under that key's name and id, which is forging. */
export function signCheckpoint(text: string, key: SignerKey, as: SignerKey = key): string {
  const { name, id } = as;
  return formatNote(text, [{ ...signText(key, text), name, id }]);
}

/** One more signature line for a note. */
export function addSignature(note: string, key: SignerKey): string {
  const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
  return note + formatSignature(signText(key, text));
}

/** Writes tiles and bundles of up to 65,535 entries from scratch. @returns the checkpoint's text */
export function rewriteLog(folder: string, origin: string, entries: readonly Uint8Array[]): string {
  rmSync(join(folder, 'tile'), { recursive: true, force: true });
  const groups = Array.from({ length: Math.ceil(entries.length / 256) }, (_, i) =>
    entries.slice(256 * i, 256 * i + 256),
  );
  for (const [i, group] of groups.entries()) {
    writeTile(folder, 'entries', i, group.length, joinEntries(group));
    writeTile(folder, '0', i, group.length, Buffer.concat(group.map(leafHash)));
  }
  const full = groups.filter((group) => group.length === 256);
  if (full.length > 0) {
    writeTile(folder, '1', 0, full.length, Buffer.concat(full.map(naiveRoot)));
  }
  const root = Buffer.from(naiveRoot(entries)).toString('base64');
  return `${origin}\n${entries.length}\n${root}\n`;
}

function leafHash(entry: Uint8Array): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(entry).digest();
}

function writeTile(folder: string, level: string, index: number, width: number, bytes: Buffer) {
  const part = width < 256 ? `.p/${width}` : '';
  const path = join(folder, `tile/${level}/${String(index).padStart(3, '0')}${part}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}
