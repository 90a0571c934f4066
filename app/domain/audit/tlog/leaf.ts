import { fromHex, fromUtf8, toHex, toUtf8 } from './encoding.ts';
import { MAX_ENTRY_SIZE } from './entry-bundle.ts';
import { TlogError } from './tlog-error.ts';

/** Of an event, or of the erasure of a person, which is an event too. */
export const LEAF_KINDS = ['event', 'erasure'] as const;

export type LeafKind = (typeof LEAF_KINDS)[number];

/** One entry of the log. Who did what to whom stays out of it. */
export interface Leaf {
  /** 32 bytes, see commitmentOf. */
  commitment: Uint8Array;
  /** The event's UUID, in lower case. */
  id: string;
  kind: LeafKind;
  /** When it was recorded: UTC, as `2021-02-07T12:34:56.789Z`. */
  time: string;
}

const COMMITMENT = /^[0-9a-f]{64}$/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;

/** The leaf's bytes: RFC 8785 JSON with the keys c, id, k, t and v, whose values need no escaping. */
export function formatLeaf({ commitment, id, kind, time }: Leaf): Uint8Array {
  return toUtf8(`{"c":"${toHex(commitment)}","id":"${id}","k":"${kind}","t":"${time}","v":1}`);
}

function isTime(time: string): boolean {
  const ms = TIME.test(time) ? Date.parse(time) : Number.NaN;
  return Number.isFinite(ms) && new Date(ms).toISOString() === time;
}

function flawOf({ c, id, k, t, v, ...rest }: Record<string, unknown>): string | null {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return `has an unknown key, ${JSON.stringify(unknown.slice(0, 40))}`;
  if (v !== 1) return 'is not of version 1';
  if (typeof c !== 'string' || !COMMITMENT.test(c)) {
    return 'has no commitment of 64 lower-case hex digits';
  }
  if (typeof id !== 'string' || !ID.test(id)) return 'has no id that is a lower-case UUID';
  if (!LEAF_KINDS.some((kind) => kind === k)) return 'is not of a known kind';
  if (typeof t !== 'string' || !isTime(t)) return 'has no time in UTC with three decimals';
  return null;
}

/**
 * Reads a leaf. Only formatLeaf's bytes are taken: other JSON of the same meaning is refused.
 * @throws {TlogError} unreadable
 */
export function parseLeaf(bytes: Uint8Array): Leaf {
  if (bytes.length > MAX_ENTRY_SIZE) {
    throw new TlogError(
      'unreadable',
      `the leaf has ${bytes.length} bytes; the most is ${MAX_ENTRY_SIZE}`,
    );
  }
  const text = fromUtf8(bytes, 'the leaf');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new TlogError('unreadable', 'the leaf is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new TlogError('unreadable', 'the leaf is not a JSON object');
  }
  const flaw = flawOf(json as Record<string, unknown>);
  if (flaw !== null) throw new TlogError('unreadable', `the leaf ${flaw}`);
  const { c, id, k, t } = json as { c: string; id: string; k: LeafKind; t: string };
  const leaf: Leaf = { commitment: fromHex(c, "the leaf's commitment"), id, kind: k, time: t };
  if (fromUtf8(formatLeaf(leaf), 'the leaf') !== text) {
    throw new TlogError(
      'unreadable',
      'the leaf is not in its one form (RFC 8785): keys in order, each once, without spaces or escapes',
    );
  }
  return leaf;
}
