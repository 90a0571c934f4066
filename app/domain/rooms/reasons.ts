/** Every way a request can be refused. Words and HTTP codes for them live in tables keyed by these. */
export const REFUSALS = [
  'invalid',
  'forbidden',
  'outranked',
  'yourself',
  'rate_limited',
  'room_not_found',
  'room_ended',
  'room_locked',
  'room_exists',
  'hands_closed',
  'not_in_room',
  'not_present',
  'not_on_stage',
  'removed',
  'not_removed',
  'muted',
  'already_muted',
  'not_muted',
  'already_locked',
  'not_locked',
  'already_calm',
  'role_unchanged',
  'not_a_promotion',
  'not_a_demotion',
  'hand_down',
  'no_hands',
  'floor_not_held',
  'command_not_found',
  'not_undoable',
  'already_undone',
  'superseded',
  'hand_over_not_found',
  'already_acknowledged',
  'already_reported',
  'unknown_clause',
  'command_id_reused',
  'busy',
  'stale',
  'unavailable',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface Refused {
  ok: false;
  reason: Refusal;
  /** For `rate_limited` and `busy`: milliseconds until it is worth trying again. */
  retryAfter?: number;
  /** For `invalid`: dotted paths of the fields and what was wrong with each; never their values. */
  issues?: { path: string; message: string }[];
}

/** Builds a refusal. */
export function refuse(reason: Refusal, more: Omit<Refused, 'ok' | 'reason'> = {}): Refused {
  return { ok: false, reason, ...more };
}
