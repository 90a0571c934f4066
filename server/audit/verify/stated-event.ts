/** An event's public columns, under the names of its field `event`; empty ones are null. */
export interface Columns {
  action: string | null;
  version: string | null;
  outcome: string | null;
  /** Milliseconds since 1970, with a fraction. */
  occurred_at: number | null;
  actor: string | null;
  target_type: string | null;
  target: string | null;
  room: string | null;
  case: string | null;
  correlation: string | null;
  parent: string | null;
  reverses: string | null;
}

const TEXTS = ['action', 'outcome', 'actor', 'target_type', 'target', 'room', 'case'] as const;
const UUIDS = ['correlation', 'parent', 'reverses'] as const;
const KNOWN: ReadonlySet<string> = new Set([...TEXTS, ...UUIDS, 'version', 'occurred_at']);

const textOf = (value: unknown): string | null => {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

let second = Number.NaN;
let untilSecond = '';

/** ISO 8601 of milliseconds since 1970; words where a date has none. */
export function isoOf(ms: number): string {
  if (!(Math.abs(ms) <= 8.64e15)) return 'out of range';
  if (!Number.isInteger(ms)) return new Date(ms).toISOString();
  // Events come in the order of time: most share their second with the one before.
  const now = Math.floor(ms / 1_000);
  if (now !== second) {
    untilSecond = new Date(now * 1_000).toISOString().slice(0, -4);
    second = now;
  }
  return `${untilSecond}${String(ms - now * 1_000).padStart(3, '0')}Z`;
}

const instantOf = (value: unknown): number =>
  typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;

/**
 * Compares what an event's field `event` says with its columns, by meaning.
 * @param stated the field's value, JSON text
 * @returns what differs, as a clause; null when nothing does
 */
export function differenceFrom(stated: string, columns: Columns): string | null {
  let json: unknown;
  try {
    json = JSON.parse(stated);
  } catch {
    return 'the field event is not JSON';
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return 'the field event is not a JSON object';
  }
  const said = json as Record<string, unknown>;
  const differ = (name: string, now: unknown) =>
    `its ${name} is ${JSON.stringify(now)}, but was recorded as ${JSON.stringify(said[name] ?? null)}`;
  for (const name of TEXTS) {
    if (said[name] !== columns[name] && textOf(said[name]) !== columns[name]) {
      return differ(name, columns[name]);
    }
  }
  for (const name of UUIDS) {
    const then = textOf(said[name]);
    if (then !== columns[name] && then?.toLowerCase() !== columns[name]?.toLowerCase()) {
      return differ(name, columns[name]);
    }
  }
  if ((textOf(said.version) ?? '1') !== columns.version) return differ('version', columns.version);
  const { occurred_at: now } = columns;
  if (now === null || !(Math.abs(instantOf(said.occurred_at) - now) < 1)) {
    return differ('occurred_at', now === null ? null : isoOf(now));
  }
  for (const name in said) {
    if (!KNOWN.has(name)) return `the field event has a key ${JSON.stringify(name)}`;
  }
  return null;
}
