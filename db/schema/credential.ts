import { bigint, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const at = (name: string) => timestamp(name, { withTimezone: true });

/** An operator's password, as a PHC string. */
export const operatorPassword = pgTable('operator_password', {
  operatorId: uuid('operator_id').primaryKey(),
  hash: text('hash').notNull(),
  setAt: at('set_at').notNull().defaultNow(),
});

/** A passkey: the public half of a key that stays on somebody's device. */
export const passkey = pgTable('passkey', {
  /** The credential's id, in base64url. */
  id: text('id').primaryKey(),
  operatorId: uuid('operator_id').notNull(),
  /** COSE key, in base64url. */
  publicKey: text('public_key').notNull(),
  counter: bigint('counter', { mode: 'number' }).notNull(),
  transports: text('transports').array().notNull(),
  /** What its owner calls it. */
  label: text('label').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  usedAt: at('used_at'),
});

/** The secret that an operator's one-time codes come from, sealed under the account key. */
export const codeSecret = pgTable('code_secret', {
  operatorId: uuid('operator_id').primaryKey(),
  sealed: text('sealed').notNull(),
  /** The newest time step (RFC 6238) whose code was used: that one and older ones are refused. */
  lastStep: bigint('last_step', { mode: 'number' }).notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
});

/** A recovery code, as its keyed hash; good for one use. */
export const recoveryCode = pgTable(
  'recovery_code',
  {
    operatorId: uuid('operator_id').notNull(),
    hash: text('hash').notNull(),
    usedAt: at('used_at'),
  },
  (table) => [primaryKey({ columns: [table.operatorId, table.hash] })],
);

/** Who an operator is to the organisation's own provider (OpenID Connect). */
export const operatorIdentity = pgTable(
  'operator_identity',
  {
    issuer: text('issuer').notNull(),
    subject: text('subject').notNull(),
    operatorId: uuid('operator_id').notNull(),
    linkedAt: at('linked_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.issuer, table.subject] })],
);

/** What a passkey is asked to sign: once, within minutes. Only its hash is kept. */
export const passkeyChallenge = pgTable('passkey_challenge', {
  hash: text('hash').primaryKey(),
  purpose: text('purpose', { enum: ['sign_in', 'confirm', 'register'] }).notNull(),
  /** For whom alone; null: for whoever has a passkey. */
  operatorId: uuid('operator_id'),
  expiresAt: at('expires_at').notNull(),
});

/** Failed sign-ins: of an account, of a network, of both together. Keys mean nothing after a day. */
export const signInLimit = pgTable('sign_in_limit', {
  key: text('key').primaryKey(),
  failures: integer('failures').notNull(),
  lastAt: at('last_at').notNull().defaultNow(),
  /** Until then nothing is tried. */
  nextAt: at('next_at').notNull().defaultNow(),
  /** When the record last said that something was refused because of this. */
  notedAt: at('noted_at'),
});
