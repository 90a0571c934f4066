import { cosignatureMessage, encodeCosignature } from '#app/domain/audit/tlog/cosignature.ts';
import type { SignerKey, VerifierKey } from '#app/domain/audit/tlog/key.ts';
import { formatCosignatures, judgeAddCheckpoint } from '#app/domain/audit/tlog/witness.ts';
import { signEd25519, verifyEd25519 } from '#server/audit/ed25519.ts';
import { sha256 } from '#server/audit/sha256.ts';
import type { WitnessState } from './witness-state.ts';

export interface WitnessOptions {
  /** Of the algorithm cosignature/v1. */
  key: SignerKey;
  /** The logs it follows, each under its origin with the keys that sign it. */
  logs: ReadonlyMap<string, readonly VerifierKey[]>;
  state: WitnessState;
}

export interface WitnessReply {
  status: number;
  contentType: string;
  body: string;
  /** Why not; null when it was cosigned. */
  reason: string | null;
}

/** Answers c2sp.org/tlog-witness's add-checkpoint, one request after the other. */
export function openWitness({
  key,
  logs,
  state,
}: WitnessOptions): (body: string) => Promise<WitnessReply> {
  let turn: Promise<unknown> = Promise.resolve();

  async function answer(body: string): Promise<WitnessReply> {
    const find = (origin: string) => {
      const keys = logs.get(origin);
      return keys ? { keys, latest: state.latest(origin) } : null;
    };
    const verdict = await judgeAddCheckpoint(sha256, body, find, verifyEd25519);
    if (verdict.status !== 200) return verdict;
    const { checkpoint, note } = verdict;
    // Whoever has the cosignature may rely on it, so what it says must be kept first.
    await state.keep(checkpoint.origin, checkpoint);
    const timestamp = Math.floor(Date.now() / 1_000);
    const signature = encodeCosignature({
      timestamp,
      signature: signEd25519(key.seed, cosignatureMessage(timestamp, note.text)),
    });
    const cosigned = formatCosignatures([{ name: key.name, id: key.id, signature }]);
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: cosigned, reason: null };
  }

  return (body) => {
    const mine = turn.then(() => answer(body));
    turn = mine.catch(() => {});
    return mine;
  };
}
