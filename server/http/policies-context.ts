import type { PoliciesContext } from '#app/domain/policies/view.ts';
import type { Db } from '#db/client.ts';
import { principalOf } from '#server/auth/principal.ts';
import type { Session } from '#server/auth/sessions.ts';
import { publishPolicy, saveDraft } from '#server/policies/publish.ts';
import { readOffered, readPolicies } from '#server/policies/read-policies.ts';

const FORBIDDEN = { ok: false, reason: 'forbidden' } as const;

/** Policies as one request's session may see and change them. */
export function policiesContext(db: Db, session: Session | null): PoliciesContext {
  const who = principalOf(session);
  return {
    page: () => readPolicies(db, who),
    offered: (language) => readOffered(db, who, language),
    save: async (input) => (session ? saveDraft(db, session, input) : FORBIDDEN),
    publish: async (input) => (session ? publishPolicy(db, session, input) : FORBIDDEN),
  };
}
