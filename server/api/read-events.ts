import { issuesOf } from '#app/domain/issues.ts';
import { type Refused, refuse } from '#app/domain/rooms/reasons.ts';
import { MOST_EVENTS, type PlatformEvent, platformEvent } from './schemas.ts';

/** One event as it was sent: read, or refused by itself. */
export type ReadEvent =
  | { ok: true; event: PlatformEvent }
  | { ok: false; id: string | null; refusal: Refused };

export type ReadEvents =
  | { ok: true; events: ReadEvent[] }
  | { ok: false; reason: 'invalid' | 'too_large'; title: string };

/**
 * Reads a call's body. A bad event is refused by itself and loses nothing else.
 * @param body JSON array, or one JSON object a line
 */
export function readEvents(body: string, format: 'json' | 'ndjson'): ReadEvents {
  const values = format === 'json' ? splitArray(body) : splitLines(body);
  if (values === null) {
    return { ok: false, reason: 'invalid', title: 'The body must be a JSON array of events.' };
  }
  if (values.length > MOST_EVENTS) {
    return { ok: false, reason: 'too_large', title: `A call takes ${MOST_EVENTS} events at most.` };
  }
  return { ok: true, events: values.map(readEvent) };
}

const MALFORMED = Symbol('malformed');

function splitArray(body: string): unknown[] | null {
  const value = parse(body);
  return Array.isArray(value) ? value : null;
}

function splitLines(body: string): unknown[] {
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  // Counting is enough to refuse: nothing beyond the limit is parsed.
  return lines.length > MOST_EVENTS ? lines : lines.map(parse);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return MALFORMED;
  }
}

function readEvent(value: unknown): ReadEvent {
  if (value === MALFORMED) {
    const refusal = refuse('invalid', { issues: [{ path: '', message: 'is not JSON' }] });
    return { ok: false, id: null, refusal };
  }
  const parsed = platformEvent.safeParse(value);
  if (parsed.success) return { ok: true, event: parsed.data };
  const id = platformEvent.options[1].shape.id.safeParse((value as { id?: unknown } | null)?.id);
  return {
    ok: false,
    id: id.success ? id.data : null,
    refusal: refuse('invalid', { issues: issuesOf(parsed.error) }),
  };
}
