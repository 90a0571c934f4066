/** What a platform key may do. */
export const SCOPES = ['events', 'admissions', 'rooms'] as const;
export type Scope = (typeof SCOPES)[number];

/** What the platform can be told of. Sanctions and decided cases join when there are any. */
export const WEBHOOK_TYPES = [
  'enforcement.observed',
  'enforcement.failed',
  'room.opened',
  'room.ended',
  'report.received',
] as const;
export type WebhookType = (typeof WEBHOOK_TYPES)[number];

/** Hours that a rotated key, or webhook secret, may go on beside the new one. */
export const LONGEST_OVERLAP = 168;
/** Days that a key may be made to last. */
export const LONGEST_LIFE = 730;

/** Why an admin's change was not made. */
export type PlatformRefusal =
  | 'forbidden'
  | 'reauthenticate'
  | 'invalid'
  | 'not_found'
  | 'ended'
  | 'limit_reached';
export type Answered<More = object> =
  | ({ ok: true } & More)
  | { ok: false; reason: PlatformRefusal; field?: string };

/** A key as a screen shows it; times are ISO 8601, UTC. */
export interface KeyRow {
  id: string;
  name: string;
  scopes: Scope[];
  callsPerMinute: number | null;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
  /** Id of the key that took over. */
  replacedBy: string | null;
}

export interface KeysPage {
  keys: KeyRow[];
  /** Ids of those in the configuration, which can be changed only there. */
  configured: { id: string; scopes: Scope[] }[];
  /** Calls a minute of a key that has no limit of its own. */
  usualCalls: number;
}

/** `alert`: nothing has arrived for a while, or it was switched off for that. */
export type EndpointState = 'on' | 'alert' | 'off';

export interface EndpointRow {
  id: string;
  name: string;
  url: string;
  types: WebhookType[];
  state: EndpointState;
  disabledWhy: 'admin' | 'failing' | 'gone' | null;
  failingSince: string | null;
  lastDeliveredAt: string | null;
  /** Deliveries waiting to be tried or tried again. */
  waiting: number;
}

export interface DeliveryRow {
  id: string;
  messageId: string;
  type: string;
  at: string;
  state: 'pending' | 'delivered' | 'failed';
  attempts: number;
  lastStatus: number | null;
  lastError: string | null;
  lastAttemptAt: string | null;
  nextAttemptAt: string | null;
}

export interface DeliveriesPage {
  endpoint: EndpointRow;
  deliveries: DeliveryRow[];
  /** Id to go on from to older ones; null at the end. */
  next: string | null;
}
