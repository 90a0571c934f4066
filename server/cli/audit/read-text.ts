import { readFile } from 'node:fs/promises';
import { fromUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';

/** Proofs and policies are some kilobytes; a leaf and its fields may be 16 MB in base64. */
const LARGEST = 32 << 20;

/** A file's text. @throws {TlogError} unreadable when it can't be read, isn't UTF-8 or is too large */
export async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TlogError('unreadable', `${path} can't be read (${code})`);
  }
  if (bytes.length > LARGEST) throw new TlogError('unreadable', `${path} has more than 32 MB`);
  return fromUtf8(bytes, path);
}
