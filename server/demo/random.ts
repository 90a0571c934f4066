/** A repeatable source of chance: the same seed gives the same sequence on every machine. */
export interface Random {
  /** @returns a number in [0, 1) */
  next(): number;
  /** @returns a whole number in [from, to], both included */
  whole(from: number, to: number): number;
  /** @returns one of the items, each as likely as the others; throws on an empty list */
  pick<Item>(items: readonly Item[]): Item;
  /** @returns true with the given chance in 0..1 */
  chance(share: number): boolean;
}

/** Starts a sequence (mulberry32: 32 bits of state, enough for a demo, not for secrets). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    pick(items) {
      if (items.length === 0) throw new RangeError('There is nothing to pick from');
      return items[whole(0, items.length - 1)] as (typeof items)[number];
    },
    chance: (share) => next() < share,
  };
}
