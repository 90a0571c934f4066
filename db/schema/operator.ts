import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

/** Platform staff with an account. */
export const operator = pgTable(
  'operator',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    name: text('name').notNull(),
    roles: text('roles', { enum: ['moderator', 'lead', 'auditor', 'admin'] })
      .array()
      .notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    disabledAt: timestamp('disabled_at', { withTimezone: true }),
  },
  (table) => [uniqueIndex('operator_name').on(sql`lower(${table.name})`)],
);

/** A one-time link: for an operator, or for a host into one room. Only its hash is kept. */
export const signInLink = pgTable('sign_in_link', {
  tokenHash: text('token_hash').primaryKey(),
  /** `invitation`: to choose a password or passkey; `set_up`: to become the first admin besides. */
  purpose: text('purpose', { enum: ['sign_in', 'invitation', 'set_up'] })
    .notNull()
    .default('sign_in'),
  operatorId: uuid('operator_id'),
  memberId: text('member_id'),
  roomId: text('room_id'),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
  usedAt: timestamp('used_at', { withTimezone: true }),
});

/** A signed-in browser. Only the hash of its token is kept. */
export const session = pgTable(
  'session',
  {
    tokenHash: text('token_hash').primaryKey(),
    operatorId: uuid('operator_id'),
    memberId: text('member_id'),
    roomId: text('room_id'),
    /** The most a host's session may be in its room, as the platform signed; null: no more is said. */
    role: text('role', { enum: ['host', 'moderator'] }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    seenAt: timestamp('seen_at', { withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    endedAt: timestamp('ended_at', { withTimezone: true }),
    /** What was proven: `half` lacks a second factor that the account has; `strong` has had one. */
    strength: text('strength', { enum: ['half', 'single', 'strong'] })
      .notNull()
      .default('single'),
    /** When its holder last proved who they are; the epoch: not since it began, nor by that. */
    provenAt: timestamp('proven_at', { withTimezone: true }).notNull().defaultNow(),
    /** The session that took over when its holder proved anew who they are: the same, by a new token. */
    replacedBy: text('replaced_by'),
    /** The kind of browser, and no more. */
    browser: text('browser'),
  },
  (table) => [
    index('session_operator').on(table.operatorId),
    check('session_replaced', sql`${table.replacedBy} is null or ${table.endedAt} is not null`),
  ],
);
