import { eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { member } from '#db/schema/member.ts';
import type { Profile } from './members.ts';

/** What is known of a member, with their audit pseudonym; null when nothing is. */
export async function readProfile(
  { orm }: Db,
  memberId: string,
): Promise<{ ref: string; profile: Profile } | null> {
  const [row] = await orm
    .select({
      ref: member.ref,
      handle: member.handle,
      name: member.name,
      locale: member.locale,
      inviter: member.inviterId,
      since: member.joinedPlatformAt,
    })
    .from(member)
    .where(eq(member.id, memberId));
  if (!row) return null;
  const { ref, since, ...rest } = row;
  return { ref, profile: { ...rest, memberSince: since.toISOString() } };
}
