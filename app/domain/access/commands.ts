import { z } from 'zod';
import { freeText } from '#app/domain/text.ts';
import { OPERATOR_ROLES } from './capabilities.ts';

const operator = z.uuid();
const reason = freeText(1, 500);
const role = z.enum(OPERATOR_ROLES);

/** Changes what an operator may do, or whether they may come in at all. */
export const operatorChange = z.discriminatedUnion('change', [
  z.strictObject({ change: z.literal('grant'), operator, role, reason }),
  z.strictObject({ change: z.literal('revoke'), operator, role, reason }),
  z.strictObject({ change: z.literal('disable'), operator, reason }),
  z.strictObject({ change: z.literal('enable'), operator, reason }),
]);
export type OperatorChange = z.output<typeof operatorChange>;

/** Asks for an account for someone, who comes in by a link. */
export const newOperator = z.strictObject({
  name: freeText(1, 128).refine((name) => !/\p{Cc}/u.test(name), 'is one line'),
  roles: z.array(role).max(OPERATOR_ROLES.length),
});
export type NewOperator = z.output<typeof newOperator>;
