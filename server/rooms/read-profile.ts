import type { Db } from '#db/client.ts';
import type { Profile } from './members.ts';

/** What is known of a member, with their audit pseudonym; null when nothing is. */
export async function readProfile(
  { sql }: Db,
  member: string,
): Promise<{ ref: string; profile: Profile } | null> {
  const [row] = await sql<(Omit<Profile, 'memberSince'> & { ref: string; since: Date })[]>`
    select ref, handle, name, locale, inviter_id as inviter, joined_platform_at as since
    from member where id = ${member}`;
  if (!row) return null;
  const { ref, since, ...rest } = row;
  return { ref, profile: { ...rest, memberSince: since.toISOString() } };
}
