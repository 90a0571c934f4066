import { z } from 'zod';
import type { TreeHead } from '#app/domain/audit/tlog/check-proof.ts';
import type { Trust } from '#app/domain/audit/tlog/checkpoint.ts';
import { hashFromBase64 } from '#app/domain/audit/tlog/encoding.ts';
import {
  COSIGNATURE_V1,
  ED25519,
  parseVkey,
  type VerifierKey,
} from '#app/domain/audit/tlog/key.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { sha256 } from '#server/audit/sha256.ts';

/** A tree that someone saw: every later one must begin with it. */
export interface Pin extends TreeHead {
  /** Where it is written, for people. */
  from: string;
}

/** Whom to believe, and what was seen before. */
export interface Policy {
  /** Undefined: whatever the log says of itself. */
  origin: string | undefined;
  logKeys: VerifierKey[];
  witnessKeys: VerifierKey[];
  quorum: number;
  pins: Pin[];
}

export const NO_POLICY: Policy = {
  origin: undefined,
  logKeys: [],
  witnessKeys: [],
  quorum: 0,
  pins: [],
};

const schema = z.strictObject({
  origin: z.string().min(1).optional(),
  vkeys: z.array(z.string()).default([]),
  pins: z.array(z.strictObject({ size: z.int().nonnegative(), root: z.string() })).default([]),
  witnesses: z.array(z.string()).default([]),
  quorum: z.int().nonnegative().default(0),
});

/**
 * Reads a policy file: JSON with `origin`, `vkeys`, `pins` ({size, root in base64}), `witnesses`
 * (vkeys) and `quorum`; all may be left out.
 * @param from names the file in messages
 * @throws {TlogError} unreadable
 */
export function parsePolicy(text: string, from: string): Policy {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new TlogError('unreadable', `${from} is not JSON`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') || 'it';
    throw new TlogError('unreadable', `${from}: ${place}: ${issue?.message ?? 'is wrong'}`);
  }
  const { origin, vkeys, pins, witnesses, quorum } = parsed.data;
  if (quorum > witnesses.length) {
    throw new TlogError(
      'unreadable',
      `${from} asks for ${quorum} of ${witnesses.length} witnesses`,
    );
  }
  return {
    origin,
    logKeys: vkeys.map((vkey) => readLogKey(vkey, from)),
    witnessKeys: witnesses.map((vkey) => readKey(vkey, COSIGNATURE_V1, 'a witness', from)),
    quorum,
    pins: pins.map(({ size, root }) => ({
      size,
      root: hashFromBase64(root, `a pin of ${from}`),
      from,
    })),
  };
}

/** Reads the vkey of a log. @throws {TlogError} unreadable */
export function readLogKey(vkey: string, from: string): VerifierKey {
  return readKey(vkey, ED25519, 'a log', from);
}

function readKey(text: string, algorithm: number, whose: string, from: string): VerifierKey {
  let key: VerifierKey;
  try {
    key = parseVkey(sha256, text.trim());
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw new TlogError('unreadable', `${from}: ${error.message}`);
  }
  if (key.algorithm !== algorithm) {
    throw new TlogError('unreadable', `${from}: ${text} is not the key of ${whose}`);
  }
  return key;
}

/** Both policies as one: the second adds to the first, and its origin and quorum stand. */
export function joinPolicies(first: Policy, second: Partial<Policy>): Policy {
  return {
    origin: second.origin ?? first.origin,
    logKeys: [...first.logKeys, ...(second.logKeys ?? [])],
    witnessKeys: [...first.witnessKeys, ...(second.witnessKeys ?? [])],
    quorum: second.quorum ?? first.quorum,
    pins: [...first.pins, ...(second.pins ?? [])],
  };
}

/** The policy as checkpoints are opened with. `origin` stands in when the policy names none. */
export function trustOf(policy: Policy, origin: string, quorum = policy.quorum): Trust {
  const { logKeys, witnessKeys } = policy;
  return { origin: policy.origin ?? origin, logKeys, witnessKeys, quorum };
}
