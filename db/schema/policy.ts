import { sql } from 'drizzle-orm';
import { check, integer, jsonb, pgTable, smallint, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { Clause } from '#app/domain/policies/view.ts';

/** A policy as it was published: rows are added and never changed. */
export const policyVersion = pgTable(
  'policy_version',
  {
    version: integer('version').primaryKey(),
    clauses: jsonb('clauses').$type<Clause[]>().notNull(),
    publishedAt: timestamp('published_at', { withTimezone: true }).notNull().defaultNow(),
    /** Null: the command line. */
    publishedBy: uuid('published_by'),
  },
  (table) => [check('policy_version_counts', sql`${table.version} > 0`)],
);

/** The one draft of the next version. */
export const policyDraft = pgTable(
  'policy_draft',
  {
    id: smallint('id').primaryKey().default(1),
    /** Counts every save. */
    revision: integer('revision').notNull(),
    clauses: jsonb('clauses').$type<Clause[]>().notNull(),
    savedAt: timestamp('saved_at', { withTimezone: true }).notNull().defaultNow(),
    savedBy: uuid('saved_by'),
  },
  (table) => [check('policy_draft_one', sql`${table.id} = 1`)],
);
