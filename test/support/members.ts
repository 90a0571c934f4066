import { io, type Socket } from 'socket.io-client';
import { afterAll } from 'vitest';
import type {
  MemberRoomState,
  MemberToServer,
  ServerToMember,
} from '#app/domain/rooms/protocol.ts';
import { profileOf, type TestRostrum } from '#test/support/rostrum.ts';

type MemberSocket = Socket<ServerToMember, MemberToServer>;

/** Someone in a room with a client of their own. */
export interface EnteredMember {
  token: string;
  /** The first of their clients. */
  socket: MemberSocket;
  /** All of them. */
  sockets: MemberSocket[];
  /** What they last heard of their own standing. */
  latest(): MemberRoomState | undefined;
}

/** Members of one room, for all tests of the surrounding block or file. */
export function useMembers(server: TestRostrum, room: string) {
  const all: MemberSocket[] = [];
  afterAll(() => {
    for (const socket of all) socket.disconnect();
  });

  /** Asks as the platform whether someone may enter. */
  function admit(member: string, name: string, role: string) {
    const body = { member, role, profile: { ...profileOf(member), name } };
    return server.call(`/rooms/${room}/admissions`, { body });
  }

  function connect(token: string): MemberSocket {
    const socket: MemberSocket = io(`${server.url}/member`, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token },
    });
    all.push(socket);
    return socket;
  }

  /** Brings someone in, with as many clients as they have tabs. */
  async function enter(
    member: string,
    name: string,
    role = 'listener',
    tabs = 1,
  ): Promise<EnteredMember> {
    const { token } = (await admit(member, name, role)).body;
    const heard: MemberRoomState[] = [];
    const sockets = Array.from({ length: tabs }, () => connect(token));
    for (const socket of sockets) {
      socket.on('rights', (state) => heard.push(state));
      const answer = await socket.emitWithAck('join');
      if (!answer.ok) throw new Error(`A join was refused: ${answer.reason}`);
      heard.push(answer.state);
    }
    return { token, socket: sockets[0] as MemberSocket, sockets, latest: () => heard.at(-1) };
  }

  return { admit, connect, enter };
}
