import { index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** A member of the audio platform. No phone number, no e-mail, no IP address. */
export const member = pgTable(
  'member',
  {
    id: text('id').primaryKey(),
    /** Pseudonym in the audit log; rotated when the member is erased. */
    ref: uuid('ref').notNull().defaultRandom().unique(),
    handle: text('handle').notNull(),
    name: text('name').notNull(),
    /** BCP 47. */
    locale: text('locale').notNull().default('und'),
    /** Null for founders. */
    inviterId: text('inviter_id'),
    joinedPlatformAt: timestamp('joined_platform_at', { withTimezone: true })
      .notNull()
      .defaultNow(),
    /** Mutes and removals in any room, so far. */
    priorActs: integer('prior_acts').notNull().default(0),
  },
  (table) => [index('member_inviter').on(table.inviterId)],
);
