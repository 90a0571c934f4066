import { existsSync } from 'node:fs';
import { formatVkey } from '#app/domain/audit/tlog/key.ts';
import type { Db } from '#db/client.ts';
import { appendAudit } from './entry.ts';
import { formatLogKeys, type LogKeys, makeLogKey, readLogKeys } from './log-key.ts';
import { readCheckpointNote, readVkeys } from './published-log.ts';
import { writeWhole } from './write-whole.ts';

export interface RotateInput {
  file: string;
  origin: string;
  /** Refuse a key file that others may read. */
  strict: boolean;
  /** Drop all keys but the first, in place of adding one. */
  retire: boolean;
}

export type Rotated =
  | { ok: true; before: string[]; after: string[] }
  /** Only one key is left, or the newest checkpoint doesn't bear the one that would stay. */
  | { ok: false; reason: 'nothing_to_retire' | 'not_signed_yet' };

/**
 * Puts a new key first in the file of the log's keys, so that it and the older ones sign from now
 * on; or drops the older ones. On the record, before the file changes. Makes a file that lacks.
 * @returns the public keys before and after
 * @throws with a message for people when the file can't be used
 */
export async function rotateLogKey(db: Db, actor: string, input: RotateInput): Promise<Rotated> {
  const { file, origin, retire, strict } = input;
  const keys: LogKeys = existsSync(file) ? readLogKeys(file, origin, strict) : [];
  const before = keys.map(formatVkey);
  if (retire) {
    if (keys.length < 2) return { ok: false, reason: 'nothing_to_retire' };
    const note = await readCheckpointNote(db.sql);
    const signers = note === null ? [] : await readVkeys(db.sql, note);
    if (!signers.includes(before[0] as string)) return { ok: false, reason: 'not_signed_yet' };
  }
  const kept = retire ? keys.slice(0, 1) : [makeLogKey(origin), ...keys];
  const after = kept.map(formatVkey);
  await db.begin((tx) =>
    appendAudit(tx, [
      {
        action: retire ? 'log_key.retired' : 'log_key.rotated',
        outcome: 'accepted',
        occurred_at: Date.now(),
        actor,
        target_type: 'log_key',
        target: `log_key:${(after[0] as string).split('+')[1]}`,
        fields: [
          { name: 'before', value: { vkeys: before } },
          { name: 'after', value: { vkeys: after } },
        ],
      },
    ]),
  );
  await writeWhole(file, formatLogKeys(kept), 0o600);
  return { ok: true, before, after };
}
