import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

/** An accepted command: what makes the same id answer the same thing, and what `undo` looks up. */
export const command = pgTable(
  'command',
  {
    id: uuid('id').primaryKey(),
    roomId: text('room_id').notNull(),
    actorRef: text('actor_ref').notNull(),
    actorName: text('actor_name').notNull(),
    name: text('name').notNull(),
    memberId: text('member_id'),
    /** The command as parsed, without its id. */
    input: jsonb('input').notNull(),
    fromSeq: integer('from_seq').notNull(),
    toSeq: integer('to_seq').notNull(),
    auditEventId: uuid('audit_event_id').notNull(),
    destructive: boolean('destructive').notNull(),
    undoneBy: uuid('undone_by'),
    at: timestamp('at', { withTimezone: true }).notNull(),
  },
  (table) => [
    index('command_actor_at').on(table.actorRef, table.at),
    index('command_room_at').on(table.roomId, table.at),
  ],
);
