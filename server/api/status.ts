import type { Refusal } from '#app/domain/rooms/reasons.ts';

/** Reasons of the API itself, beside those of the rules. */
export type ApiRefusal =
  | Refusal
  | 'unauthenticated'
  | 'too_large'
  | 'not_found'
  | 'wrong_method'
  | 'wrong_type'
  | 'failed';

/** The one table from reasons to HTTP codes; the compiler asks for every reason. */
export const STATUS: Readonly<Record<ApiRefusal, number>> = {
  invalid: 422,
  forbidden: 403,
  outranked: 403,
  yourself: 403,
  rate_limited: 429,
  room_not_found: 404,
  room_ended: 409,
  room_locked: 409,
  room_exists: 409,
  hands_closed: 409,
  not_in_room: 409,
  not_present: 409,
  not_on_stage: 409,
  removed: 409,
  not_removed: 409,
  muted: 409,
  already_muted: 409,
  not_muted: 409,
  already_locked: 409,
  not_locked: 409,
  already_calm: 409,
  role_unchanged: 409,
  not_a_promotion: 409,
  not_a_demotion: 409,
  hand_down: 409,
  no_hands: 409,
  floor_not_held: 409,
  command_not_found: 404,
  not_undoable: 409,
  already_undone: 409,
  already_reported: 409,
  superseded: 409,
  hand_over_not_found: 404,
  already_acknowledged: 409,
  unknown_clause: 409,
  command_id_reused: 409,
  busy: 503,
  stale: 409,
  unavailable: 503,
  unauthenticated: 401,
  too_large: 413,
  not_found: 404,
  wrong_method: 405,
  wrong_type: 415,
  failed: 500,
};
