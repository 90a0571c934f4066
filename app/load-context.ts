import type { AuditPage, AuditQuery } from '#app/domain/audit/view.ts';
import type { ActAnswer, RoomRow } from '#app/domain/rooms/protocol.ts';

/** Who is looking, as far as a screen needs to know. */
export interface Viewer {
  kind: 'operator' | 'host';
  name: string;
  /** Operators: their roles. Hosts: empty. */
  roles: readonly OperatorRole[];
  /** Hosts see only this room. */
  room: string | null;
}

export type OperatorRole = 'moderator' | 'lead' | 'auditor' | 'admin';

/** A room's title bar before the socket has answered. */
export interface RoomHead {
  id: string;
  title: string;
  language: string;
  present: number;
  mayAct: boolean;
  /** The viewer's own member id; null for operators. Their power follows from their role, live. */
  you: string | null;
}

/**
 * The one object the server hands to Remix; routes know nothing else of the server. Bound to the
 * request's session. Functions answer null where the viewer has no right.
 */
export interface RostrumContext {
  cspNonce: string;
  viewer: Viewer | null;
  rooms: {
    list(): Promise<RoomRow[] | null>;
    head(room: string): Promise<RoomHead | null>;
    act(command: unknown): Promise<ActAnswer>;
  };
  audit: { list(query: AuditQuery): Promise<AuditPage | null> };
  session: {
    /**
     * Redeems a one-time link: the Set-Cookie header value, or null when it is used or expired.
     * `too_many` when this network has tried too often lately; the link is not looked at then.
     */
    signIn(token: string): Promise<{ cookie: string; landing: string } | null | 'too_many'>;
    /** Ends the session: the Set-Cookie header value that clears the cookie. */
    signOut(): Promise<string>;
  };
}

declare module '@remix-run/node' {
  interface AppLoadContext extends RostrumContext {}
}
