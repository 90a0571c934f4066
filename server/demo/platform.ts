import type { Refusal, Refused } from '#app/domain/rooms/reasons.ts';
import { refuse } from '#app/domain/rooms/reasons.ts';
import type { Cast, RoomPlan } from './world.ts';

/** The audio platform's back end, as far as the demo needs one: it knows the API and a key. */
export interface Platform {
  /** Tells Rostrum of a room; saying it again changes nothing. */
  open(room: RoomPlan): Promise<void>;
  /** Whether somebody who moderates is in a room. */
  isAttended(room: string): Promise<boolean>;
  /** Asks whether a member may enter now; the token is for their client. */
  admit(room: string, cast: Cast): Promise<{ ok: true; token: string } | Refused>;
}

/** Calls under way at once: what a small back end would use. */
const AT_ONCE = 24;

/** Makes a platform that speaks to one Rostrum. */
export function openPlatform(url: string, secret: string): Platform {
  const take = openGate(AT_ONCE);

  async function post(path: string, body: unknown): Promise<Response> {
    const release = await take();
    try {
      const response = await fetch(`${url}/api/v1/rooms/${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(15_000),
      });
      // Read here, so that the connection is free again when the gate opens.
      return new Response(await response.text(), { status: response.status });
    } finally {
      release();
    }
  }

  return {
    async open({ id, title, language, openedAt, shiftHours }) {
      const event = {
        type: 'room_opened',
        id: `opened:${id}`,
        title,
        language,
        openedAt: new Date(openedAt).toISOString(),
        ...(shiftHours !== null && { shiftHours }),
      };
      const response = await post(`${id}/events`, [event]);
      const answer = await response.json();
      if (!response.ok || answer.refused > 0) {
        throw new Error(`Room ${id} was not opened: ${JSON.stringify(answer)}`);
      }
    },

    async isAttended(room) {
      const headers = { authorization: `Bearer ${secret}` };
      const response = await fetch(`${url}/api/v1/rooms/${room}`, { headers });
      if (!response.ok) return false;
      const { present, unattendedSince } = await response.json();
      return present > 0 && unattendedSince === null;
    },

    async admit(room, { person, role }) {
      const { id, name, handle, locale, inviter, memberSince } = person;
      const profile = { name, handle, locale, inviter, memberSince };
      const response = await post(`${room}/admissions`, { member: id, role, profile });
      const answer: { admit?: boolean; reason?: Refusal; token?: string } = await response.json();
      if (answer.admit && answer.token !== undefined) return { ok: true, token: answer.token };
      return refuse(answer.reason ?? 'unavailable');
    },
  };
}

/** Lets so many through at once; the others wait in order. */
function openGate(places: number): () => Promise<() => void> {
  const waiting: (() => void)[] = [];
  let free = places;
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return async () => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return release;
  };
}
