import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Which process runs a job now; a lease whose time is over is free. */
export const jobLease = pgTable('job_lease', {
  name: text('name').primaryKey(),
  /** Names one pass, so that one that overran gives back nobody else's lease. */
  holder: uuid('holder').notNull(),
  until: timestamp('until', { withTimezone: true }).notNull(),
});
