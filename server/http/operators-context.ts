import { newOperator, operatorChange } from '#app/domain/access/commands.ts';
import type { OperatorsContext } from '#app/domain/access/operators.ts';
import type { Db } from '#db/client.ts';
import { inviteOperator } from '#server/auth/invite.ts';
import type { Session } from '#server/auth/sessions.ts';
import { changeOperator } from '#server/operators/change-operator.ts';
import { readOperators } from '#server/operators/read-operators.ts';
import { markSeen, readRoleNews } from '#server/operators/role-news.ts';

export interface OperatorsOptions {
  /** How long an invitation can be used. */
  minutes: number;
  /** Where invitations lead: the console's origin. */
  origin: string;
  /** Told when someone's rights changed, so that watches they lost end. */
  operatorChanged(operatorId: string): void;
}

const FORBIDDEN = { ok: false, reason: 'forbidden' } as const;

/** Operators as one request's session may see and change them. */
export function operatorsContext(
  db: Db,
  session: Session | null,
  { minutes, origin, operatorChanged }: OperatorsOptions,
): OperatorsContext {
  const operator = session?.actor.kind === 'operator' ? session : null;
  return {
    page: async () => operator && readOperators(db, operator),
    async change(input) {
      if (session === null) return FORBIDDEN;
      const answer = await changeOperator(db, session, input);
      const parsed = operatorChange.safeParse(input);
      if (answer.ok && parsed.success) operatorChanged(parsed.data.operator);
      return answer;
    },
    async invite(input) {
      if (session === null) return FORBIDDEN;
      const parsed = newOperator.safeParse(input);
      if (!parsed.success) return { ok: false, reason: 'invalid' };
      const answer = await inviteOperator(db, session, { ...parsed.data, minutes });
      return answer.ok ? { ok: true, link: `${origin}/invitation?token=${answer.token}` } : answer;
    },
    news: async () => (operator ? readRoleNews(db, operator.actor.id) : []),
    async seen(ids) {
      if (operator) await markSeen(db, operator.actor.id, ids);
    },
  };
}
