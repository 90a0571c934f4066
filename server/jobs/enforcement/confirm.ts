import type { RoomEventBody } from '#app/domain/rooms/events.ts';
import { record } from '#app/domain/rooms/fold.ts';
import type { Db, Transaction } from '#db/client.ts';
import type { RoomChange, RoomDraft } from '#server/rooms/draft.ts';
import { transact } from '#server/rooms/transact.ts';
import type { Tried } from './attempt.ts';
import { rightsOf } from './rights.ts';

export interface Backoff {
  /** Milliseconds after the first failure; doubled after each further one. */
  firstMs: number;
  mostMs: number;
}

export interface Confirmed {
  change: RoomChange | null;
  /** Those whose row was taken over or superseded meanwhile. */
  overtaken: Tried[];
  /** Whether some row is due again at once. */
  again: boolean;
}

/** A plane that took the rights may need a moment before it shows them; then it counts as failed. */
const PATIENCE = 3;

interface RowUpdate {
  id: string;
  state: 'requested' | 'delivered' | 'observed' | 'failed';
  delivered: boolean;
  /** Milliseconds until the next try. */
  wait: number;
  error: string | null;
}

/**
 * Writes what became of tries in one room, under its lock: only for rows that are still ours, and
 * as true only when the rights that hold now are the ones that were pushed.
 */
export async function confirm(
  db: Db,
  roomId: string,
  tries: readonly Tried[],
  backoff: Backoff,
): Promise<Confirmed> {
  const members = tries.flatMap(({ claim }) => claim.member ?? []);
  const overtaken: Tried[] = [];
  let again = false;
  const change = await transact(db, roomId, members, async (draft, tx) => {
    const ours = await stillOurs(tx, tries);
    const updates: RowUpdate[] = [];
    for (const tried of tries) {
      if (!ours.has(tried.claim.id)) {
        overtaken.push(tried);
        continue;
      }
      const update = judge(draft, tried, backoff);
      again ||= update.state !== 'observed' && update.wait === 0;
      updates.push(update);
      const told = eventOf(draft, tried.claim.member, update.state);
      if (told) record(draft, [told], Date.now(), null);
    }
    await saveRows(tx, updates);
    return [];
  });
  return { change, overtaken, again };
}

async function stillOurs(tx: Transaction, tries: readonly Tried[]): Promise<Set<string>> {
  const rows = await tx<{ id: string; attempts: number }[]>`
    select id, attempts from enforcement
    where id = any(${tries.map(({ claim }) => claim.id)})
      and state in ('requested', 'delivered', 'failed')
    order by id for update`;
  const attempts = new Map(rows.map((row) => [row.id, row.attempts]));
  const ours = tries.filter(({ claim }) => attempts.get(claim.id) === claim.attempt);
  return new Set(ours.map(({ claim }) => claim.id));
}

function judge(draft: RoomDraft, tried: Tried, backoff: Backoff): RowUpdate {
  const { claim, rights, outcome, error } = tried;
  const person = claim.member === null ? null : (draft.people.get(claim.member) ?? null);
  const now = rightsOf(draft.room, person, Date.now());
  const { id, attempt } = claim;
  if (now.admitted !== rights.admitted || now.maySpeak !== rights.maySpeak) {
    return { id, state: 'requested', delivered: false, wait: 0, error: null };
  }
  if (outcome === 'observed') return { id, state: 'observed', delivered: true, wait: 0, error };
  const doubled = Math.min(backoff.mostMs, backoff.firstMs * 2 ** Math.min(attempt - 1, 30));
  const wait = Math.round(doubled * (0.5 + Math.random() / 2));
  const delivered = outcome === 'delivered';
  const state = delivered && attempt < PATIENCE ? 'delivered' : 'failed';
  return { id, state, delivered, wait, error };
}

/** A failure is told once, not at each retry; `delivered` stays in the row. */
function eventOf(
  draft: RoomDraft,
  member: string | null,
  state: RowUpdate['state'],
): RoomEventBody | null {
  if (member === null || (state !== 'observed' && state !== 'failed')) return null;
  const person = draft.people.get(member);
  if (person === undefined || person.enforcement === state) return null;
  return { type: 'enforcement.changed', member, state };
}

async function saveRows(tx: Transaction, updates: readonly RowUpdate[]): Promise<void> {
  if (updates.length === 0) return;
  await tx`
    update enforcement e set
      state = x.state,
      claimed_until = null,
      next_attempt_at = clock_timestamp() + make_interval(secs => x.wait / 1000.0),
      last_error = x.error,
      delivered_at = case when x.delivered then coalesce(e.delivered_at, clock_timestamp())
        else e.delivered_at end,
      observed_at = case when x.state = 'observed' then clock_timestamp() end
    from json_to_recordset(${JSON.stringify(updates)}::text::json)
      as x(id uuid, state text, delivered boolean, wait int, error text)
    where e.id = x.id`;
}
