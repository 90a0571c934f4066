import type { Role } from '#app/domain/rooms/state.ts';
import type { Profile } from '#server/rooms/members.ts';

/** What a join token says, once its signature, audience and expiry have been checked. */
export interface JoinClaims {
  room: string;
  member: string;
  /** Role on a first arrival. */
  role: Role;
  profile: Profile;
}

/** A member at the door, and who let them in. */
export interface Admitted extends JoinClaims {
  /** Audit reference of the key that signed: for roles given on arrival. */
  signedBy: string;
}
