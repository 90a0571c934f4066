import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Where the platform wants to be told of what happens. */
export const webhookEndpoint = pgTable('webhook_endpoint', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  url: text('url').notNull(),
  /** Message types it is sent. */
  types: text('types').array().notNull(),
  /** Sealed under the account key: signing needs the secret itself, so no hash would do. */
  secret: text('secret').notNull(),
  /** Signs as well until then. */
  oldSecret: text('old_secret'),
  oldSecretUntil: timestamp('old_secret_until', { withTimezone: true }),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  /** Audit reference. */
  createdBy: text('created_by').notNull(),
  disabledAt: timestamp('disabled_at', { withTimezone: true }),
  disabledWhy: text('disabled_why', { enum: ['admin', 'failing', 'gone'] }),
  deletedAt: timestamp('deleted_at', { withTimezone: true }),
  /** First failure since the last success. */
  failingSince: timestamp('failing_since', { withTimezone: true }),
  lastDeliveredAt: timestamp('last_delivered_at', { withTimezone: true }),
});

/** One message to one endpoint: the outbox until it is delivered, the log for 30 days after. */
export const webhookDelivery = pgTable(
  'webhook_delivery',
  {
    id: uuid('id').primaryKey(),
    endpointId: uuid('endpoint_id').notNull(),
    /** The same at every endpoint and every try, so that receivers take it in once. */
    messageId: text('message_id').notNull(),
    type: text('type').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull(),
    /** Ids and states, nothing about a person. */
    data: jsonb('data').notNull(),
    state: text('state', { enum: ['pending', 'delivered', 'failed'] })
      .notNull()
      .default('pending'),
    attempts: integer('attempts').notNull().default(0),
    /** When the tries began: anew with each replay. */
    begunAt: timestamp('begun_at', { withTimezone: true }).notNull(),
    nextAttemptAt: timestamp('next_attempt_at', { withTimezone: true }).notNull(),
    /** Lease of the worker that has claimed it. */
    claimedUntil: timestamp('claimed_until', { withTimezone: true }),
    lastAttemptAt: timestamp('last_attempt_at', { withTimezone: true }),
    /** HTTP status of the last answer; null when none came. */
    lastStatus: integer('last_status'),
    lastError: text('last_error'),
    deliveredAt: timestamp('delivered_at', { withTimezone: true }),
  },
  (table) => [
    index('webhook_delivery_waiting')
      .on(table.endpointId, table.nextAttemptAt)
      .where(sql`state = 'pending'`),
    index('webhook_delivery_endpoint').on(table.endpointId, table.at),
    index('webhook_delivery_at').on(table.at),
  ],
);
