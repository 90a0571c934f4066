import { sql } from 'drizzle-orm';
import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** That somebody's rights changed, for one other admin to see. */
export const roleNotice = pgTable(
  'role_notice',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** The admin who is told. */
    adminId: uuid('admin_id').notNull(),
    operatorId: uuid('operator_id').notNull(),
    /** Who did it; null: no operator. */
    byId: uuid('by_id'),
    change: text('change', {
      enum: ['added', 'granted', 'revoked', 'disabled', 'enabled'],
    }).notNull(),
    /** The roles given or taken; of someone added, disabled or enabled, those they have. */
    roles: text('roles', { enum: ['moderator', 'lead', 'auditor', 'admin'] })
      .array()
      .notNull(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
    seenAt: timestamp('seen_at', { withTimezone: true }),
  },
  (table) => [index('role_notice_unseen').on(table.adminId, table.at).where(sql`seen_at is null`)],
);
