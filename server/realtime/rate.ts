/** Limits of one kind of client. */
export interface Rate {
  /** Tokens a fresh socket has, and the most it can save up. */
  burst: number;
  perSecond: number;
  /** Refusals for rate in a row after which the connection is closed. */
  patience: number;
}

/** A token bucket in three numbers; part of each socket's data. */
export interface Bucket {
  tokens: number;
  filledAt: number;
  strikes: number;
}

/** A bad packet costs as much as this many good ones. */
export const BAD_PACKET = 5;

export type Toll = 'pass' | 'limited' | 'closed';

/** Takes tokens for one packet; `closed` when the sender has gone on in spite of every refusal. */
export function takeToll(bucket: Bucket, rate: Rate, cost: number, now: number): Toll {
  const grown = bucket.tokens + ((now - bucket.filledAt) / 1_000) * rate.perSecond;
  bucket.tokens = Math.min(rate.burst, grown);
  bucket.filledAt = now;
  if (bucket.tokens >= cost) {
    bucket.tokens -= cost;
    bucket.strikes = 0;
    return 'pass';
  }
  bucket.strikes++;
  return bucket.strikes > rate.patience ? 'closed' : 'limited';
}

/** Takes what a packet turned out to cost beyond its toll; may leave a debt. */
export function charge(bucket: Bucket, cost: number): void {
  bucket.tokens -= cost;
}
