import type { MemberSessions } from '#server/realtime/member-sessions.ts';
import type { MediaPlane, PlaneReport, PlaneTarget } from './plane.ts';

/**
 * The media plane that needs no other server: rights are enforced on the members' own sockets,
 * and its reports are what the servers hold, never what a client says.
 */
export function openBuiltInPlane(sessions: MemberSessions): MediaPlane {
  return {
    async apply({ room, member }, { admitted, maySpeak, until }) {
      if (member === null) {
        if (!admitted) await sessions.ejectRoom(room);
      } else if (admitted) {
        await sessions.setRights(room, member, { maySpeak });
      } else {
        await sessions.eject(room, member, { until });
      }
    },
    async observe({ room, member }: PlaneTarget): Promise<PlaneReport> {
      return { room, member, ...(await sessions.sessionsOf(room, member)) };
    },
    onReport(listener) {
      // A session that a removal or a mute crossed on its way in is found here. What this process
      // sees is enough to doubt; whoever does asks the others.
      sessions.onChange((room, member, here) => listener({ room, member, ...here }));
    },
  };
}
