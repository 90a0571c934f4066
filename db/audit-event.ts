import { pgSchema, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/**
 * The log's events, to read: only `audit.append` writes them. Not in `db/schema`, since the table
 * comes from `migrations/audit/0002-audit-tables.sql` and is none for drizzle-kit to generate.
 */
export const auditEvent = pgSchema('audit').table('event', {
  /** UUID version 7: its order is that of time. */
  id: uuid('event_id').primaryKey(),
  recordedAt: timestamp('recorded_at', { withTimezone: true }).notNull(),
  occurredAt: timestamp('occurred_at', { withTimezone: true }).notNull(),
  action: text('action').notNull(),
  actionVersion: smallint('action_version').notNull(),
  outcome: text('outcome', { enum: ['accepted', 'refused'] }).notNull(),
  actorRef: text('actor_ref').notNull(),
  targetType: text('target_type'),
  targetRef: text('target_ref'),
  roomRef: text('room_ref'),
  caseRef: text('case_ref'),
  correlationId: uuid('correlation_id'),
  parentId: uuid('parent_id'),
  reversesId: uuid('reverses_id'),
});
