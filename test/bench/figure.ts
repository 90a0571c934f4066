/** One measured number beside the raw limit that was measured, or is set, in the same run. */
export interface Figure {
  name: string;
  /** Median over the rounds. */
  ours: number;
  limit: number;
  unit: string;
  /** `ours / limit`. */
  ratio: number;
  better: 'higher' | 'lower';
  /** Lowest and highest round. */
  spread: { ours: [number, number]; limit: [number, number] };
}

export interface Series {
  ours: number[];
  limit: number[];
}

/** What a suite hands back. */
export interface SuiteResult {
  figures: Figure[];
  /** What a reader must know of the run, a line each. */
  notes: string[];
}

/** Makes a figure of two series of at least one round each. */
export function figureOf(
  name: string,
  unit: string,
  better: Figure['better'],
  { ours, limit }: Series,
): Figure {
  const [middle, raw] = [medianOf(ours), medianOf(limit)];
  return {
    name,
    ours: tidy(middle),
    limit: tidy(raw),
    unit,
    ratio: tidy(middle / raw),
    better,
    spread: { ours: rangeOf(ours), limit: rangeOf(limit) },
  };
}

/** Measures both sides in turn, and the other one first in every second round. */
export async function alternate<Sample>(
  rounds: number,
  ours: (round: number) => Promise<Sample>,
  limit: (round: number) => Promise<Sample>,
): Promise<{ ours: Sample[]; limit: Sample[] }> {
  const samples: { ours: Sample[]; limit: Sample[] } = { ours: [], limit: [] };
  for (let round = 0; round < rounds; round++) {
    const sides = round % 2 === 0 ? (['limit', 'ours'] as const) : (['ours', 'limit'] as const);
    for (const side of sides) samples[side].push(await { ours, limit }[side](round));
  }
  return samples;
}

/** Reads one number out of each sample of both sides. */
export function seriesOf<Sample>(
  samples: { ours: Sample[]; limit: Sample[] },
  read: (sample: Sample) => number,
): Series {
  return { ours: samples.ours.map(read), limit: samples.limit.map(read) };
}

/** Middle value; of an even number of values, the mean of the middle two. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const [low, high] = [sorted[half - 1] ?? Number.NaN, sorted[half] ?? Number.NaN];
  return sorted.length % 2 === 0 ? (low + high) / 2 : high;
}

/** The value that the given share (0..1) of all values does not exceed (nearest rank). */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function rangeOf(values: readonly number[]): [number, number] {
  return [tidy(Math.min(...values)), tidy(Math.max(...values))];
}

/** Four significant digits: the rest is noise. */
function tidy(value: number): number {
  return Number(value.toPrecision(4));
}
