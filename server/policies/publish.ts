import { desc } from 'drizzle-orm';
import type { z } from 'zod';
import { draftSave, publication, TOO_LARGE } from '#app/domain/policies/commands.ts';
import { type Clause, type PolicyAnswer, sameClauses } from '#app/domain/policies/view.ts';
import type { Db, Transaction } from '#db/client.ts';
import { ormOn } from '#db/orm.ts';
import { policyDraft, policyVersion } from '#db/schema/policy.ts';
import { type AuditEntry, type AuditField, appendAudit } from '#server/audit/entry.ts';
import { withinLimit } from '#server/audit/refusal-limit.ts';
import { type Asker, refOfAsker, refusalOf } from '#server/operators/asker.ts';

const DRAFT = 'policy:draft';

/**
 * Keeps the next version for later, on the record; nothing rests on it yet, so it asks an admin for no
 * fresh proof.
 * @param input a `draftSave`; refused as `changed` when somebody else has saved since
 * @returns the draft's new revision
 */
export function saveDraft(
  db: Db,
  asker: Asker,
  input: unknown,
): Promise<PolicyAnswer<{ revision: number }>> {
  const attempt = { action: 'policy.drafted', target: DRAFT };
  return change<z.output<typeof draftSave>, { revision: number }>(
    db,
    { ...asker, isRecent: true },
    draftSave.safeParse(input),
    attempt,
    async (tx, asked) => {
      const { versions, draft } = await readNewest(tx);
      if (asked.revision !== (draft?.revision ?? 0)) return { ok: false, reason: 'changed' };
      const before = draft?.clauses ?? versions[0]?.clauses ?? [];
      if (sameClauses(before, asked.clauses)) return { ok: false, reason: 'unchanged' };
      const [gone, come] = [without(before, asked.clauses), without(asked.clauses, before)];
      await appendAudit(tx, [entryOf(asker, attempt, changeFields(gone, come))]);
      const revision = asked.revision + 1;
      const values = {
        revision,
        clauses: asked.clauses,
        savedBy: idOf(asker),
        savedAt: new Date(),
      };
      await ormOn(tx)
        .insert(policyDraft)
        .values(values)
        .onConflictDoUpdate({ target: policyDraft.id, set: values });
      return { ok: true, revision };
    },
  );
}

/**
 * Publishes the draft as the next version, on the record with all of its clauses and all of those it
 * replaces. Only an admin may, having proved lately who they are.
 * @param input a `publication`; refused as `changed` when the draft is another one by now
 */
export function publishPolicy(
  db: Db,
  asker: Asker,
  input: unknown,
): Promise<PolicyAnswer<{ version: number }>> {
  const attempt = { action: 'policy.published', target: DRAFT };
  return change<z.output<typeof publication>, { version: number }>(
    db,
    asker,
    publication.safeParse(input),
    attempt,
    async (tx, asked) => {
      const { versions, draft } = await readNewest(tx);
      if (!draft || asked.revision !== draft.revision) return { ok: false, reason: 'changed' };
      const [before] = versions;
      if (sameClauses(before?.clauses ?? [], draft.clauses)) {
        return { ok: false, reason: 'unchanged' };
      }
      if (draft.clauses.length === 0) return { ok: false, reason: 'empty' };
      const version = (before?.version ?? 0) + 1;
      await appendAudit(tx, [
        entryOf(asker, { ...attempt, target: `policy:${version}` }, [
          { name: 'reason', value: asked.reason },
          ...changeFields(before?.clauses ?? [], draft.clauses),
        ]),
      ]);
      await ormOn(tx)
        .insert(policyVersion)
        .values({ version, clauses: draft.clauses, publishedBy: idOf(asker) });
      return { ok: true, version };
    },
  );
}

/**
 * Publishes a list of clauses in one go, whatever the draft was: it is replaced.
 * @param clauses as a `draftSave` has them
 */
export async function publishClauses(
  db: Db,
  asker: Asker,
  clauses: unknown,
  reason: string,
): Promise<PolicyAnswer<{ version: number }>> {
  const [draft] = await db.orm.select({ revision: policyDraft.revision }).from(policyDraft);
  const revision = draft?.revision ?? 0;
  const saved = await saveDraft(db, asker, { revision, clauses });
  if (!saved.ok && saved.reason !== 'unchanged') return saved;
  return publishPolicy(db, asker, { revision: saved.ok ? saved.revision : revision, reason });
}

type Attempt = Required<Pick<AuditEntry, 'action' | 'target'>>;

async function change<Asked, More extends object>(
  db: Db,
  asker: Asker,
  parsed: z.ZodSafeParseResult<Asked>,
  attempt: Attempt,
  work: (tx: Transaction, asked: Asked) => Promise<PolicyAnswer<More>>,
): Promise<PolicyAnswer<More>> {
  if (!parsed.success) {
    const isFull = parsed.error.issues.some(({ message }) => message === TOO_LARGE);
    return { ok: false, reason: isFull ? 'too_large' : 'invalid' };
  }
  const changed = db.begin(async (tx) => {
    // Two admins at once: the second sees what the first has made.
    await tx`select pg_advisory_xact_lock(hashtext('policy'))`;
    const refusal = await refusalOf(tx, asker, 'policies.write');
    if (refusal === null) return work(tx, parsed.data);
    if (asker.actor.kind === 'operator') {
      const fields = [{ name: 'refusal', value: refusal }];
      const refused = { ...entryOf(asker, attempt, fields), outcome: 'refused' as const };
      const entries = await withinLimit(tx, [refused]);
      if (entries.length > 0) await appendAudit(tx, entries);
    }
    return { ok: false, reason: refusal } as const;
  });
  return changed as Promise<PolicyAnswer<More>>;
}

async function readNewest(tx: Transaction) {
  const orm = ormOn(tx);
  const [versions, [draft]] = await Promise.all([
    orm.select().from(policyVersion).orderBy(desc(policyVersion.version)).limit(1),
    orm.select().from(policyDraft),
  ]);
  return { versions, draft };
}

/** Clauses by their codes, so that the record shows each beside what it was. */
function changeFields(before: readonly Clause[], after: readonly Clause[]): AuditField[] {
  return [
    { name: 'before', value: byCode(before) },
    { name: 'after', value: byCode(after) },
  ];
}

function byCode(clauses: readonly Clause[]): Record<string, Clause['words']> {
  return Object.fromEntries(clauses.map(({ code, words }) => [code, words]));
}

/** Those of one list that the other hasn't in just these words. */
function without(clauses: readonly Clause[], others: readonly Clause[]): Clause[] {
  return clauses.filter((clause) => !others.some((other) => sameClauses([clause], [other])));
}

function entryOf(asker: Asker, { action, target }: Attempt, fields: AuditField[]): AuditEntry {
  return {
    action,
    outcome: 'accepted',
    occurred_at: Date.now(),
    actor: refOfAsker(asker),
    target_type: 'policy',
    target,
    fields,
  };
}

function idOf({ actor }: Asker): string | null {
  return actor.kind === 'operator' ? actor.id : null;
}
