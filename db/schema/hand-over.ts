import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** A note for the next shift, acknowledged by name. */
export const handOver = pgTable(
  'hand_over',
  {
    id: uuid('id').primaryKey(),
    roomId: text('room_id').notNull(),
    byRef: text('by_ref').notNull(),
    byName: text('by_name').notNull(),
    note: text('note').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull(),
    acknowledgedByRef: text('acknowledged_by_ref'),
    acknowledgedByName: text('acknowledged_by_name'),
    acknowledgedAt: timestamp('acknowledged_at', { withTimezone: true }),
  },
  (table) => [index('hand_over_room').on(table.roomId, table.at)],
);
