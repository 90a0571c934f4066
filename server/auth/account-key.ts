import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the account key does: it seals secrets, and hashes what is too short to be hashed plainly. */
export interface AccountKey {
  /** Seals a text for one purpose and owner: AES-256-GCM under a key derived for this alone. */
  seal(text: string, about: string): string;
  /** @returns null when it was sealed for something else, by another key, or was changed */
  open(sealed: string, about: string): string | null;
  /** HMAC-SHA-256 in base64url. */
  hash(text: string, about: string): string;
}

/** Opens the account key. @param secret 32 characters or more */
export function openAccountKey(secret: string): AccountKey {
  const derive = (use: string) =>
    Buffer.from(hkdfSync('sha256', secret, 'rostrum/account-key', use, 32));
  const [sealing, hashing] = [derive('seal'), derive('hash')];
  return {
    seal(text, about) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', sealing, iv).setAAD(Buffer.from(about));
      const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), bytes]).toString('base64url');
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < 28) return null;
      const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, 12))
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(12, 28));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString();
      } catch {
        return null;
      }
    },
    hash: (text, about) =>
      createHmac('sha256', hashing).update(`${about}\0${text}`).digest('base64url'),
  };
}

/**
 * The account key's secret in a data directory, made when it is not there, for its owner's eyes only.
 * @throws with a message for people when others may read it
 */
export function keepAccountKey(dataDir: string): string {
  const file = join(dataDir, 'account-key');
  mkdirSync(dataDir, { recursive: true });
  try {
    const secret = randomBytes(32).toString('base64url');
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new Error(`The account key ${file} is open to others than its owner: chmod 600 it.`);
  }
  return readFileSync(file, 'utf8').trim();
}
