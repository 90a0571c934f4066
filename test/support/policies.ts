import type { Db } from '#db/client.ts';
import { COMMAND_LINE } from '#server/operators/asker.ts';
import { publishPolicy, saveDraft } from '#server/policies/publish.ts';
import { clauseOf } from '#test/support/clauses.ts';

/** Publishes a policy of such clauses the way the command line does. @returns its version */
export async function publishClauses(db: Db, ...codes: string[]): Promise<number> {
  const [draft] = await db.sql`select revision from policy_draft`;
  const clauses = codes.map((code) => clauseOf(code));
  const saved = await saveDraft(db, COMMAND_LINE, { revision: draft?.revision ?? 0, clauses });
  if (!saved.ok) throw new Error(saved.reason);
  const { revision } = saved;
  const published = await publishPolicy(db, COMMAND_LINE, { revision, reason: 'For the test' });
  if (!published.ok) throw new Error(published.reason);
  return published.version;
}
