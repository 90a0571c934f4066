import { z } from 'zod';
import { platformId } from '#app/domain/rooms/commands.ts';
import { freeText } from '#app/domain/text.ts';

export const languageTag = z
  .string()
  .max(35)
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/, 'must be a BCP 47 tag');

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** ISO 8601 with an offset, in years a database and a browser both know. */
export const moment = z.iso.datetime({ offset: true }).refine((text) => {
  const time = Date.parse(text);
  return time >= EARLIEST && time < LATEST;
}, 'must lie in 1970–2199');

/** What the platform tells of a member: no phone number, no e-mail, no address. */
export const profile = z
  .strictObject({
    handle: freeText(1, 64),
    name: freeText(1, 128),
    locale: languageTag.default('und'),
    inviter: platformId
      .nullable()
      .default(null)
      .meta({ description: 'Who let the member in; null for founders.' }),
    memberSince: moment,
  })
  .meta({ id: 'Profile' });
