import type { SessionInfo } from './account.ts';
import type { OperatorRole } from './capabilities.ts';

/** Why a change of an operator was refused. */
export const OPERATOR_REFUSALS = [
  'forbidden',
  'invalid',
  'reauthenticate',
  'yourself',
  'not_found',
  'name_taken',
  'last_admin',
  'role_held',
  'role_not_held',
  'already_disabled',
  'not_disabled',
] as const;
export type OperatorRefusal = (typeof OPERATOR_REFUSALS)[number];

export type OperatorAnswer<More = object> =
  | ({ ok: true } & More)
  | { ok: false; reason: OperatorRefusal };

/** An operator as leads and admins see them; times are ISO 8601, UTC. */
export interface OperatorInfo {
  id: string;
  name: string;
  roles: readonly OperatorRole[];
  createdAt: string;
  disabledAt: string | null;
  /** Sessions that hold now, last used first. */
  sessions: readonly SessionInfo[];
  isYou: boolean;
}

/** What of operators someone may change. */
export interface OperatorsPage {
  operators: readonly OperatorInfo[];
  mayInvite: boolean;
  mayGrant: boolean;
  mayDisable: boolean;
  mayEndSessions: boolean;
}

export const ROLE_CHANGES = ['added', 'granted', 'revoked', 'disabled', 'enabled'] as const;
export type RoleChange = (typeof ROLE_CHANGES)[number];

/** What another admin did to someone's rights, shown to each admin until they have seen it. */
export interface RoleNews {
  id: string;
  at: string;
  change: RoleChange;
  roles: readonly OperatorRole[];
  operatorName: string;
  /** Null: the command line, or the organisation's provider. */
  byName: string | null;
}

/** Operators, as the screens of one request may use them. */
export interface OperatorsContext {
  /** Null without the right. */
  page(): Promise<OperatorsPage | null>;
  /** @param input an `OperatorChange` */
  change(input: unknown): Promise<OperatorAnswer<{ sessions: number }>>;
  /** @param input a `NewOperator` @returns where the invitation leads, shown once */
  invite(input: unknown): Promise<OperatorAnswer<{ link: string }>>;
  /** For admins: what others changed and they have not seen; empty for anyone else. */
  news(): Promise<readonly RoleNews[]>;
  /** Puts such news away, for this admin alone. */
  seen(ids: readonly string[]): Promise<void>;
}
