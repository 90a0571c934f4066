import { sql } from 'drizzle-orm';
import { boolean, index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** The head of a room. Its row lock orders everything that happens in the room. */
export const room = pgTable(
  'room',
  {
    id: text('id').primaryKey(),
    title: text('title').notNull(),
    language: text('language').notNull().default('und'),
    status: text('status', { enum: ['live', 'ended'] })
      .notNull()
      .default('live'),
    locked: boolean('locked').notNull().default(false),
    handsOpen: boolean('hands_open').notNull().default(true),
    calmCommandId: uuid('calm_command_id'),
    calmUntil: timestamp('calm_until', { withTimezone: true }),
    unattendedSince: timestamp('unattended_since', { withTimezone: true }),
    openedAt: timestamp('opened_at', { withTimezone: true }).notNull(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    purgedAt: timestamp('purged_at', { withTimezone: true }),
    /** A report holds the room's events and evidence back from the purge. */
    pinnedAt: timestamp('pinned_at', { withTimezone: true }),
    seq: integer('seq').notNull().default(0),
    lockSeq: integer('lock_seq').notNull().default(0),
    handsSeq: integer('hands_seq').notNull().default(0),
    calmSeq: integer('calm_seq').notNull().default(0),
    nextOrd: integer('next_ord').notNull().default(0),
    present: integer('present').notNull().default(0),
    stage: integer('stage').notNull().default(0),
    hands: integer('hands').notNull().default(0),
    attendants: integer('attendants').notNull().default(0),
    /** Hours after which a hand-over is due; null: never. */
    shiftHours: integer('shift_hours'),
    shiftSince: timestamp('shift_since', { withTimezone: true }),
  },
  (table) => [
    index('room_live').on(table.status).where(sql`status = 'live'`),
    index('room_calm').on(table.calmUntil).where(sql`calm_until is not null`),
    index('room_unpurged').on(table.endedAt).where(sql`status = 'ended' and purged_at is null`),
  ],
);
