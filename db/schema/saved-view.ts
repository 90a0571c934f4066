import { boolean, index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** A way of looking at a screen that an operator gave a name; of the whole team when shared. */
export const savedView = pgTable(
  'saved_view',
  {
    id: uuid('id').primaryKey(),
    screen: text('screen', { enum: ['log'] }).notNull(),
    operatorId: uuid('operator_id').notNull(),
    name: text('name').notNull(),
    isTeam: boolean('is_team').notNull(),
    /** The address's search, without a cursor. */
    search: text('search').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('saved_view_operator').on(table.screen, table.operatorId)],
);
