import { DrizzleQueryError, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { PgDialect, type PreparedQueryConfig } from 'drizzle-orm/pg-core';
import {
  PgRemoteDatabase,
  PgRemoteSession,
  type PreparedQuery,
  type RemoteCallback,
} from 'drizzle-orm/pg-proxy';
import type { Sql, Transaction } from './client.ts';

/** Drizzle, speaking through a raw client. */
export type Orm = PgRemoteDatabase;

/**
 * Drizzle over a raw client or inside its transaction. Drizzle's own driver would change the
 * client's parsers, and its own transaction is `sql.begin`; this one leaves the client as it is.
 * Errors are those of the client. A change answers no count: ask for what it is `returning`.
 */
export function ormOn(client: Sql | Transaction): Orm {
  const send: RemoteCallback = async (text, params, method, typings) => {
    const args = params.map((param, n) =>
      // Drizzle has made it text already, of which the client would make a JSON string.
      typings?.[n] === 'json' ? client.json(JSON.parse(param)) : param,
    );
    const query = client(tagOf(text), ...args);
    return { rows: method === 'all' ? await query.values() : await query };
  };
  return new PgRemoteDatabase(dialect, new PlainSession(send, dialect, undefined), undefined);
}

/**
 * Whether a column holds one of the values. Not drizzle's `inArray`, which makes another statement
 * of every length, and each would be prepared and kept.
 */
export function isAnyOf(column: SQLWrapper, values: readonly string[]): SQL {
  return sql`${column} = any(${sql.param(values)})`;
}

/** Marks parameters by NUL, which no statement can hold: cutting there is exact. */
class TagDialect extends PgDialect {
  override escapeParam(): string {
    return '\0';
  }
}

/** Drizzle's error quotes all parameters in its message: whose name, which token. */
class PlainSession extends PgRemoteSession<Record<string, never>, Record<string, never>> {
  override prepareQuery<T extends PreparedQueryConfig>(...args: unknown[]): PreparedQuery<T> {
    const prepared: PreparedQuery<T> = Reflect.apply(super.prepareQuery, this, args);
    const execute = prepared.execute.bind(prepared);
    prepared.execute = (values) =>
      execute(values).catch((error) => {
        throw error instanceof DrizzleQueryError ? error.cause : error;
      });
    return prepared;
  }
}

const dialect = new TagDialect();
const tags = new Map<string, TemplateStringsArray>();

/** Called as a template tag, the client prepares a statement once per connection, and watches it. */
function tagOf(text: string): TemplateStringsArray {
  const known = tags.get(text);
  if (known) return known;
  const parts = text.split('\0');
  const tag = Object.assign(parts, { raw: parts });
  tags.set(text, tag);
  return tag;
}
