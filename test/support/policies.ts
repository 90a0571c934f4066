import type { Db } from '#db/client.ts';
import { COMMAND_LINE } from '#server/operators/asker.ts';
import { publishClauses as publish } from '#server/policies/publish.ts';
import { clauseOf } from '#test/support/clauses.ts';

/** Publishes a policy of such clauses the way the command line does. @returns its version */
export async function publishClauses(db: Db, ...codes: string[]): Promise<number> {
  const clauses = codes.map((code) => clauseOf(code));
  const published = await publish(db, COMMAND_LINE, clauses, 'For the test');
  if (!published.ok) throw new Error(published.reason);
  return published.version;
}
