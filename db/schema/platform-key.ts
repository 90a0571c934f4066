import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** A key of the platform's back end. Only the hash of its secret is kept. */
export const platformKey = pgTable('platform_key', {
  /** Also readable in the secret, so that a leaked one can be told and revoked. */
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** SHA-256 in hex. */
  secretHash: text('secret_hash').notNull().unique(),
  scopes: text('scopes', { enum: ['events', 'admissions', 'rooms'] })
    .array()
    .notNull(),
  /** Null: what the configuration says. */
  callsPerMinute: integer('calls_per_minute'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  /** Audit reference. */
  createdBy: text('created_by').notNull(),
  /** Null: no end. */
  expiresAt: timestamp('expires_at', { withTimezone: true }),
  revokedAt: timestamp('revoked_at', { withTimezone: true }),
  /** The key that took over; this one goes on until `expires_at`. */
  replacedBy: text('replaced_by'),
  /** To the minute. */
  lastUsedAt: timestamp('last_used_at', { withTimezone: true }),
});

/** Tokens of the platform's host links that have been used, until they would have expired anyway. */
export const hostLinkUse = pgTable('host_link_use', {
  /** SHA-256 of issuer and `jti`, in hex. */
  tokenHash: text('token_hash').primaryKey(),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
});
