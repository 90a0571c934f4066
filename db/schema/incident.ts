import {
  doublePrecision,
  index,
  integer,
  pgTable,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

/** A sudden drop or a raid, with its numbers. */
export const incident = pgTable(
  'incident',
  {
    id: uuid('id').primaryKey(),
    roomId: text('room_id').notNull(),
    kind: text('kind', { enum: ['sudden_drop', 'raid'] }).notNull(),
    at: timestamp('at', { withTimezone: true }).notNull(),
    closedAt: timestamp('closed_at', { withTimezone: true }),
    people: integer('people').notNull(),
    seconds: integer('seconds').notNull(),
    share: doublePrecision('share').notNull(),
    returned: integer('returned').notNull().default(0),
    returnedElsewhere: integer('returned_elsewhere').notNull().default(0),
    /** Raid: the inviter above the branch. */
    inviterId: text('inviter_id'),
  },
  (table) => [index('incident_room').on(table.roomId, table.at)],
);

/** Key of one day's network cohorts; deleted after the next day, and with it their meaning. */
export const cohortKey = pgTable('cohort_key', {
  /** UTC date, YYYY-MM-DD. */
  day: text('day').primaryKey(),
  key: text('key').notNull(),
});
