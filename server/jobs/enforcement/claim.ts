import type { Sql } from '#db/client.ts';
import type { PlaneTarget } from '#server/media/plane.ts';

/** An enforcement row leased to one worker. */
export interface Claim extends PlaneTarget {
  id: string;
  /** Counts claims; whoever holds an older number has been overtaken. */
  attempt: number;
}

/**
 * Leases due rows, oldest first. Several workers never get the same one, and a lease that runs
 * out makes the row due again: nothing is lost with a worker. Times are the database's clock.
 * Walks the partial index `enforcement_due`.
 */
export async function claimDue(sql: Sql, limit: number, leaseMs: number): Promise<Claim[]> {
  return sql<Claim[]>`
    update enforcement e
    set attempts = e.attempts + 1,
      claimed_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1_000})
    from (
      select id from enforcement
      where state in ('requested', 'delivered', 'failed')
        and (next_attempt_at <= clock_timestamp() or attempts = 0)
        and (claimed_until is null or claimed_until <= clock_timestamp())
      order by next_attempt_at limit ${limit} for update skip locked
    ) due
    where e.id = due.id
    returning e.id, e.room_id as room, e.member_id as member, e.attempts as attempt`;
}
