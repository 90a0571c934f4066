import { admits } from '#app/domain/rooms/presence.ts';
import { type Refused, refuse } from '#app/domain/rooms/reasons.ts';
import { maySpeak, newParticipant, type Participant, type Room } from '#app/domain/rooms/state.ts';
import type { Db } from '#db/client.ts';
import { signJoinToken } from '#server/auth/join-token.ts';
import type { JoinTokenKey } from '#server/config/keys.ts';
import type { Profile } from '#server/rooms/members.ts';
import { readProfile } from '#server/rooms/read-profile.ts';
import { readRoom } from '#server/rooms/read-room.ts';
import { readSeat } from '#server/rooms/read-standing.ts';
import type { AdmissionAnswer } from './answers.ts';
import type { AdmissionRequest } from './schemas.ts';

export interface AdmitDeps {
  db: Db;
  joinKeys: readonly JoinTokenKey[];
  /** How long a token lives. */
  tokenSeconds: number;
}

/**
 * Whether a member may enter a room now, with which rights, and a token for their client. The
 * token promises nothing: the room's state is read again when they come in.
 */
export async function admit(
  { db, joinKeys, tokenSeconds }: AdmitDeps,
  roomId: string,
  request: AdmissionRequest,
): Promise<AdmissionAnswer | Refused> {
  const { member } = request;
  const [seat, known] = await Promise.all([readSeat(db, roomId, member), readProfile(db, member)]);
  const room = seat?.room ?? (await readRoom(db, roomId));
  if (room === null) return refuse('room_not_found');
  const profile = request.profile ?? known?.profile;
  if (!profile) {
    const issues = [{ path: 'profile', message: 'is needed: the member is unknown' }];
    return refuse('invalid', { issues });
  }
  const person = seat?.person ?? newParticipant(member, 0, request.role);
  const barred = admits(room, person, Date.now());
  const rights = rightsOf(room, person, barred === null);
  if (barred) return { admit: false, reason: barred.reason, rights };
  const said = { room: roomId, member, role: request.role, profile: trimmed(profile) };
  return { admit: true, rights, ...(await signJoinToken(joinKeys, said, tokenSeconds)) };
}

function rightsOf(room: Room, person: Participant, admitted: boolean): AdmissionAnswer['rights'] {
  return {
    role: person.role,
    maySpeak: admitted && maySpeak(person),
    mayRaiseHand: admitted && room.handsOpen && person.role === 'listener',
  };
}

function trimmed({ handle, name, locale, inviter, memberSince }: Profile): Profile {
  return { handle, name, locale, inviter, memberSince };
}
