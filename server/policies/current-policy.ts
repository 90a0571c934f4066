import type { CurrentPolicy } from '#app/domain/policies/citation.ts';
import type { Transaction } from '#db/client.ts';

/** The newest version's number and codes; null before the first is published. */
export async function readCurrentPolicy(tx: Transaction): Promise<CurrentPolicy | null> {
  const [row] = await tx<CurrentPolicy[]>`
    select version, array(select c->>'code' from jsonb_array_elements(clauses) c) as codes
    from policy_version order by version desc limit 1`;
  return row ?? null;
}
