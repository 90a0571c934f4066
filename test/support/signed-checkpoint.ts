import {
  type Checkpoint,
  formatCheckpoint,
  openCheckpoint,
  type Trust,
} from '#app/domain/audit/tlog/checkpoint.ts';
import { toUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { COSIGNATURE_V1 } from '#app/domain/audit/tlog/key.ts';
import { formatNote } from '#app/domain/audit/tlog/note.ts';
import { signText, testKey, verifyEd25519 } from '#test/support/log-keys.ts';
import { naiveRoot } from '#test/support/naive-tree.ts';

export const ORIGIN = 'rostrum.local/log';
export const log = testKey(ORIGIN, 1);
export const stranger = testKey(ORIGIN, 2);
export const witnesses = [3, 4].map((n) => testKey(`witness.example/w${n}`, n, COSIGNATURE_V1));
export const trust: Trust = { origin: ORIGIN, logKeys: [log] };
export const entries = Array.from({ length: 21 }, (_, i) => toUtf8(`entry ${i}`));
export const checkpoint: Checkpoint = {
  origin: ORIGIN,
  size: 21,
  root: naiveRoot(entries),
  extensions: [],
};
export const text = formatCheckpoint(checkpoint);
export const note = formatNote(text, [signText(log, text)]);

/** Opens a note as one who trusts the log, or somebody else. */
export const open = (noteText: string, some: Trust = trust) =>
  openCheckpoint(noteText, some, verifyEd25519);
/** Another text, signed by the same log. */
export const resign = (changed: string) => formatNote(changed, [signText(log, changed)]);
