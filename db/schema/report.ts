import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

/** A report. Who made it is shown to nobody without the right and a purpose. */
export const report = pgTable(
  'report',
  {
    id: uuid('id').primaryKey(),
    roomId: text('room_id'),
    subjectId: text('subject_id').notNull(),
    /** Audit reference of the reporter. */
    reporterRef: text('reporter_ref').notNull(),
    category: text('category').notNull(),
    text: text('text').notNull(),
    /** Span on the room's clock, in seconds since it opened. */
    fromSecond: integer('from_second'),
    toSecond: integer('to_second'),
    at: timestamp('at', { withTimezone: true }).notNull(),
    closedAt: timestamp('closed_at', { withTimezone: true }),
  },
  (table) => [
    index('report_room').on(table.roomId),
    index('report_subject').on(table.subjectId),
    /** One open report per reporter, subject and room. */
    uniqueIndex('report_open')
      .on(table.roomId, table.subjectId, table.reporterRef)
      .where(sql`closed_at is null`),
  ],
);
