/**
 * Who is behind an entry, as its credential says. What they may do is never in here: it is read
 * inside each transaction.
 */
export type Actor =
  | { kind: 'operator'; id: string }
  /**
   * A host or room moderator by link, or a member's client by join token: bound to one room.
   * `role`: the most that the link lets them be there.
   */
  | { kind: 'member'; id: string; room: string; role?: 'host' | 'moderator' }
  | { kind: 'platform'; key: string }
  | { kind: 'system' };
