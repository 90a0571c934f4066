import { z } from 'zod';
import { platformId } from '#app/domain/rooms/commands.ts';
import { freeText } from '#app/domain/text.ts';

/** What the platform tells of a member: no phone number, no e-mail, no address. */
export const profile = z.strictObject({
  handle: freeText(1, 64),
  name: freeText(1, 128),
  locale: z
    .string()
    .max(35)
    .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a BCP 47 tag')
    .default('und'),
  /** Member id; null for founders. */
  inviter: platformId.nullable().default(null),
  memberSince: z.iso.datetime({ offset: true }),
});
