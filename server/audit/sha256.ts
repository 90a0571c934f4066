import { hash } from 'node:crypto';
import type { Sha256 } from '#app/domain/audit/tlog/sha256.ts';

/** SHA-256 by the platform, for all that `tlog` computes. */
export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer');
