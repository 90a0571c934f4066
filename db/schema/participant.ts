import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

/** A member in a room: the projection of the room's events. */
export const participant = pgTable(
  'participant',
  {
    roomId: text('room_id').notNull(),
    memberId: text('member_id').notNull(),
    /** The member's audit pseudonym, copied so that an act needs no join. */
    memberRef: uuid('member_ref').notNull(),
    ord: integer('ord').notNull(),
    role: text('role', { enum: ['listener', 'speaker', 'moderator', 'host'] }).notNull(),
    presence: text('presence', { enum: ['present', 'dropped', 'gone'] }).notNull(),
    muteRank: integer('mute_rank').notNull().default(0),
    handAt: timestamp('hand_at', { withTimezone: true }),
    micOn: boolean('mic_on').notNull().default(false),
    floorSince: timestamp('floor_since', { withTimezone: true }),
    joinedAt: timestamp('joined_at', { withTimezone: true }),
    leftAt: timestamp('left_at', { withTimezone: true }),
    /** Indexed in place of `presence`, so that those who come and go change no index. */
    droppedAt: timestamp('dropped_at', { withTimezone: true }).generatedAlwaysAs(
      sql`case when presence = 'dropped' then left_at end`,
    ),
    removedAt: timestamp('removed_at', { withTimezone: true }),
    /** Null with `removed_at` set: until the room ends. */
    removedUntil: timestamp('removed_until', { withTimezone: true }),
    removalRank: integer('removal_rank').notNull().default(0),
    enforcement: text('enforcement', {
      enum: ['requested', 'delivered', 'observed', 'failed', 'superseded'],
    }),
    roleSeq: integer('role_seq').notNull().default(0),
    speechSeq: integer('speech_seq').notNull().default(0),
    handSeq: integer('hand_seq').notNull().default(0),
    removalSeq: integer('removal_seq').notNull().default(0),
    /** Keyed hash of the network, under a key that is thrown away within two days. */
    cohort: text('cohort'),
    /** Who tells us of this member's presence: their own socket or the platform's back end. */
    via: text('via', { enum: ['socket', 'platform'] }).notNull(),
    /** Ancestor in the invite tree that stands for the branch. */
    branch: text('branch'),
  },
  (table) => [
    primaryKey({ columns: [table.roomId, table.memberId] }),
    index('participant_removed')
      .on(table.removedUntil)
      .where(sql`removed_at is not null and removed_until is not null`),
    index('participant_dropped').on(table.droppedAt).where(sql`dropped_at is not null`),
  ],
);
