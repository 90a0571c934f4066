/** The members' own sockets, as the built-in plane needs them; kept by the member namespace. */
export interface MemberSessions {
  /** Sets what every session of the member may do and tells the member. */
  setRights(room: string, member: string, rights: { maySpeak: boolean }): Promise<void>;
  /** Tells the member and closes every session; resolves when they are closed. */
  eject(room: string, member: string, notice: { until: string | null }): Promise<void>;
  /** Tells everyone that the room has ended and closes every session in it. */
  ejectRoom(room: string): Promise<void>;
  /** What the server itself holds; with member null, of the whole room. */
  sessionsOf(room: string, member: string | null): Promise<SessionsSeen>;
  /** Told of each session that has come in, after it counts in `sessionsOf`. */
  onSession?(listener: (room: string, member: string) => void): void;
}

export interface SessionsSeen {
  /** Sessions connected now. */
  sessions: number;
  /** Whether any of them may speak. */
  maySpeak: boolean;
}
