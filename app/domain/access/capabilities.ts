import type { Scope } from '#app/domain/platform/view.ts';

/** Platform staff, as an admin has named them. */
export const OPERATOR_ROLES = ['moderator', 'lead', 'auditor', 'admin'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/**
 * What a capability can come from: an operator's role, or just having an account; a link into one
 * room; a key's scope.
 */
export type Holder = OperatorRole | 'operator' | 'host' | `scope:${Scope}`;

/**
 * Who may do what: the one table. What someone may do to whom inside a room is
 * `app/domain/rooms/authority.ts`; this one says how they come to have any power there.
 */
export const CAPABILITIES = {
  /** See the list of rooms, and watch any; a host: their own. */
  'rooms.watch': ['moderator', 'lead', 'host'],
  /** Send commands into a room. */
  'rooms.act': ['moderator', 'lead', 'host'],
  /** Those commands on hosts too. */
  'rooms.act_on_hosts': ['lead'],
  'cases.review': ['moderator', 'lead'],
  'appeals.decide': ['lead'],
  'chains.act': ['lead'],
  'log.read': ['lead', 'auditor'],
  /** See what the log keeps sealed, for a purpose that goes on the record. */
  'log.reveal': ['lead', 'auditor'],
  'log.export': ['lead', 'auditor'],
  /** Ask for a member's erasure, which another one approves. */
  'members.erase': ['lead', 'admin'],
  /** Keep a receipt of what one sent oneself. */
  'receipts.keep': ['operator', 'host'],
  /** One's own name, second factor, sessions and preferences. */
  'account.own': ['operator'],
  /** See this table. */
  'roles.see': ['operator'],
  /** See who the operators are and where they are signed in. */
  'operators.see': ['lead', 'admin'],
  /** End anyone's session. */
  'sessions.end': ['lead', 'admin'],
  'operators.invite': ['admin'],
  /** Give and take roles: never one's own. */
  'operators.grant': ['admin'],
  'operators.disable': ['admin'],
  /** Keys and webhooks of the platform. */
  'platform.run': ['admin'],
  /** See what decisions can rest on. */
  'policies.read': ['operator', 'host'],
  'policies.write': ['admin'],
  'api.events': ['scope:events'],
  'api.admissions': ['scope:admissions'],
  'api.rooms': ['scope:rooms'],
} as const satisfies Record<string, readonly Holder[]>;
export type Capability = keyof typeof CAPABILITIES;

/** What nothing asks for yet, since there are no cases, appeals and chains yet. */
export const AHEAD: ReadonlySet<Capability> = new Set<Capability>([
  'cases.review',
  'appeals.decide',
  'chains.act',
]);

/** Someone as far as rights go: as read now, never as remembered. */
export type Principal =
  | { kind: 'nobody' }
  | { kind: 'operator'; roles: readonly OperatorRole[] }
  | { kind: 'host'; room: string }
  | { kind: 'platform'; scopes: ReadonlySet<Scope> };

/**
 * Whether someone has a capability.
 * @param room what it is wanted for, where it is one room: a host has theirs in their own only
 */
export function can(who: Principal, capability: Capability, room?: string | null): boolean {
  switch (who.kind) {
    case 'operator':
      return [...who.roles, 'operator' as const].some((role) => hasHolder(capability, role));
    case 'host':
      return hasHolder(capability, 'host') && (room === undefined || room === who.room);
    case 'platform':
      return [...who.scopes].some((scope) => hasHolder(capability, `scope:${scope}`));
    case 'nobody':
      return false;
  }
}

/** The same for operators' roles alone. */
export function rolesCan(roles: readonly OperatorRole[], capability: Capability): boolean {
  return can({ kind: 'operator', roles }, capability);
}

/** The roles that bring a capability, for a query that reads who has one of them. */
export function rolesWith(capability: Capability): OperatorRole[] {
  return OPERATOR_ROLES.filter((role) => hasHolder(capability, role));
}

/** The capability that a platform key's scope is. */
export function capabilityOf(scope: Scope): Capability {
  return `api.${scope}`;
}

/** Whether whoever has this, and nothing else, has the capability. */
export function hasHolder(capability: Capability, holder: Holder): boolean {
  const holders: readonly Holder[] = CAPABILITIES[capability];
  const isRole = OPERATOR_ROLES.some((role) => role === holder);
  return holders.includes(holder) || (isRole && holders.includes('operator'));
}

const WITH_FACTOR: ReadonlySet<OperatorRole> = new Set<OperatorRole>(['lead', 'admin']);

/** Whether someone with these roles may work only with a second factor. */
export function needsFactor(roles: readonly OperatorRole[]): boolean {
  return roles.some((role) => WITH_FACTOR.has(role));
}
