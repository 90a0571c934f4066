import { hash } from 'node:crypto';
import type { Sha256 } from '#app/domain/audit/tlog/sha256.ts';

/**
 * SHA-256 by the platform, for all that `tlog` computes. By way of a text of one character a byte,
 * which Node makes in a quarter of the time that it takes to make a buffer.
 */
export const sha256: Sha256 = (bytes) => Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
