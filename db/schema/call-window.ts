import { integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

/** Calls that processes have set aside for one key or person in one minute; gone when it is over. */
export const callWindow = pgTable(
  'call_window',
  {
    keyId: text('key_id').notNull(),
    minute: timestamp('minute', { withTimezone: true }).notNull(),
    /** May exceed the limit by what the last one set aside too much. */
    taken: integer('taken').notNull(),
  },
  (table) => [primaryKey({ columns: [table.keyId, table.minute] })],
);
