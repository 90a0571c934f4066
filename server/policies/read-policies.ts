import { desc, eq } from 'drizzle-orm';
import { can, type Principal } from '#app/domain/access/capabilities.ts';
import { type OfferedClause, type PoliciesPage, wordsIn } from '#app/domain/policies/view.ts';
import type { Db } from '#db/client.ts';
import { operator } from '#db/schema/operator.ts';
import { policyDraft, policyVersion } from '#db/schema/policy.ts';

/** Versions that are shown, the newest: a page of all of them would grow without end. */
const MOST = 200;

/** The versions, and the draft for whoever may write it; null without the right to read. */
export async function readPolicies({ orm }: Db, who: Principal): Promise<PoliciesPage | null> {
  if (who.kind !== 'operator' || !can(who, 'policies.read')) return null;
  const [versions, [kept]] = await Promise.all([
    orm
      .select({
        version: policyVersion.version,
        clauses: policyVersion.clauses,
        publishedAt: policyVersion.publishedAt,
        publishedBy: operator.name,
      })
      .from(policyVersion)
      .leftJoin(operator, eq(operator.id, policyVersion.publishedBy))
      .orderBy(desc(policyVersion.version))
      .limit(MOST),
    orm
      .select({
        revision: policyDraft.revision,
        clauses: policyDraft.clauses,
        savedAt: policyDraft.savedAt,
        savedBy: operator.name,
      })
      .from(policyDraft)
      .leftJoin(operator, eq(operator.id, policyDraft.savedBy)),
  ]);
  const begun = { revision: 0, clauses: versions[0]?.clauses ?? [], savedAt: null, savedBy: null };
  const draft = kept ? { ...kept, savedAt: kept.savedAt.toISOString() } : begun;
  return {
    versions: versions.map(({ publishedAt, ...row }) => ({
      ...row,
      publishedAt: publishedAt.toISOString(),
    })),
    draft: can(who, 'policies.write') ? draft : null,
  };
}

/** What an act can rest on now, by title in a language; null without the right. */
export async function readOffered(
  { orm }: Db,
  who: Principal,
  language: string,
): Promise<OfferedClause[] | null> {
  if (!can(who, 'policies.read')) return null;
  const [current] = await orm
    .select({ clauses: policyVersion.clauses })
    .from(policyVersion)
    .orderBy(desc(policyVersion.version))
    .limit(1);
  return (current?.clauses ?? []).map((clause) => ({
    code: clause.code,
    title: wordsIn(clause, language).title,
  }));
}
