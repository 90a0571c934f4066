import type { Transaction } from '#db/client.ts';
import { rowSource } from './row-source.ts';

/** What the platform tells of a member. */
export interface Profile {
  handle: string;
  name: string;
  /** BCP 47. */
  locale: string;
  /** Member id of the inviter; null for founders. */
  inviter: string | null;
  /** ISO 8601. */
  memberSince: string;
}

const profileRows = rowSource({
  id: 'text',
  handle: 'text',
  name: 'text',
  locale: 'text',
  inviter_id: 'text',
  since: 'timestamptz',
});

/** Keeps the newest profile of each member. An inviter, once known, stays. */
export async function upsertMembers(
  tx: Transaction,
  profiles: ReadonlyMap<string, Profile>,
): Promise<void> {
  // In one order everywhere, so that two batches that share members can't deadlock.
  const rows = [...profiles]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { handle, name, locale, inviter, memberSince }]) => ({
      id,
      handle,
      name,
      locale,
      inviter_id: inviter,
      since: memberSince,
    }));
  await tx`
    insert into member as m (id, handle, name, locale, inviter_id, joined_platform_at)
    select x.* from ${profileRows(tx, rows)}
    on conflict (id) do update set
      handle = excluded.handle, name = excluded.name, locale = excluded.locale,
      inviter_id = coalesce(m.inviter_id, excluded.inviter_id)
    where (m.handle, m.name, m.locale) is distinct from
        (excluded.handle, excluded.name, excluded.locale)
      or (m.inviter_id is null and excluded.inviter_id is not null)`.execute();
}

/** Steps up the invite tree to the ancestor that stands for a member's branch. */
const BRANCH_STEPS = 3;

/**
 * Audit pseudonyms and branches of members. The branch is the ancestor three invites up, or the
 * last one below a founder; walks primary keys only.
 */
export async function findMembers(tx: Transaction, ids: readonly string[]) {
  const rows = await tx<{ id: string; ref: string; branch: string }[]>`
    with recursive up as (
      select m.id as start, m.ref, m.id, m.inviter_id, 0 as steps
      from member m where m.id = any(${ids as string[]})
      union all
      select up.start, up.ref, i.id, i.inviter_id, up.steps + 1
      from up join member i on i.id = up.inviter_id
      where up.steps < ${BRANCH_STEPS} and i.inviter_id is not null
    )
    select distinct on (start) start as id, ref, id as branch
    from up order by start, steps desc`.execute();
  return new Map(rows.map(({ id, ref, branch }) => [id, { ref, branch }]));
}
