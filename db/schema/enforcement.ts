import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

/** What the media plane must still be made to do for a participant, or (member null) for a whole room. */
export const enforcement = pgTable(
  'enforcement',
  {
    id: uuid('id').primaryKey(),
    roomId: text('room_id').notNull(),
    memberId: text('member_id'),
    commandId: uuid('command_id'),
    /** `seq` of the event that asked for it. */
    seq: integer('seq').notNull(),
    state: text('state', {
      enum: ['requested', 'delivered', 'observed', 'failed', 'superseded'],
    }).notNull(),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: timestamp('next_attempt_at', { withTimezone: true }).notNull(),
    /** Lease of the worker that has claimed it. */
    claimedUntil: timestamp('claimed_until', { withTimezone: true }),
    lastError: text('last_error'),
    requestedAt: timestamp('requested_at', { withTimezone: true }).notNull(),
    deliveredAt: timestamp('delivered_at', { withTimezone: true }),
    observedAt: timestamp('observed_at', { withTimezone: true }),
  },
  (table) => [
    uniqueIndex('enforcement_open')
      .on(table.roomId, table.memberId)
      .where(sql`state in ('requested', 'delivered', 'failed')`),
    index('enforcement_due')
      .on(table.nextAttemptAt)
      .where(sql`state in ('requested', 'delivered', 'failed')`),
  ],
);
