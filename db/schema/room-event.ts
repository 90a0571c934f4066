import {
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

/** What was accepted, numbered per room without gaps. Destroyed when the room has ended, unless pinned. */
export const roomEvent = pgTable(
  'room_event',
  {
    roomId: text('room_id').notNull(),
    seq: integer('seq').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull(),
    commandId: uuid('command_id'),
    body: jsonb('body').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.roomId, table.seq] }),
    index('room_event_at').on(table.roomId, table.at),
  ],
);

/** Events of a platform already taken in, by the platform's own event id. */
export const ingestedEvent = pgTable(
  'ingested_event',
  {
    roomId: text('room_id').notNull(),
    eventId: text('event_id').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
    /** Null when it was accepted; the reason when it was refused. */
    refusal: text('refusal'),
  },
  (table) => [primaryKey({ columns: [table.roomId, table.eventId] })],
);

/** Who held the floor, from and to. */
export const floorSegment = pgTable(
  'floor_segment',
  {
    roomId: text('room_id').notNull(),
    memberId: text('member_id').notNull(),
    from: timestamp('from', { withTimezone: true }).notNull(),
    to: timestamp('to', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.roomId, table.memberId, table.from] }),
    index('floor_segment_to').on(table.roomId, table.to),
  ],
);
