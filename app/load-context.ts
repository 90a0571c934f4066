import type { AccountContext } from '#app/domain/access/account.ts';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import type { HostLinkRefusal } from '#app/domain/access/host-link.ts';
import type { OperatorsContext } from '#app/domain/access/operators.ts';
import type { Receipt } from '#app/domain/audit/receipt.ts';
import type {
  AccessAnswer,
  AuditEventView,
  AuditPage,
  AuditQuery,
  ReadRefusal,
  ReadsPage,
  ReadsQuery,
  RevealAnswer,
  SavedView,
} from '#app/domain/audit/view.ts';
import type { PlatformContext } from '#app/domain/platform/context.ts';
import type { PoliciesContext } from '#app/domain/policies/view.ts';
import type { ActAnswer, RoomRow } from '#app/domain/rooms/protocol.ts';

export type { OperatorRole };

/** Who is looking, as far as a screen needs to know. */
export interface Viewer {
  kind: 'operator' | 'host';
  name: string;
  /** Operators: their roles. Hosts: empty. */
  roles: readonly OperatorRole[];
  /** Hosts see only this room. */
  room: string | null;
}

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
  account: AccountContext;
  audit: AuditContext;
  operators: OperatorsContext;
  platform: PlatformContext;
  policies: PoliciesContext;
  session: {
    /**
     * Redeems a one-time link: the Set-Cookie header value, or null when it is used or expired.
     * `too_many` when this network has tried too often lately; the link is not looked at then.
     */
    signIn(token: string): Promise<{ cookie: string; landing: string } | null | 'too_many'>;
    /** The same for a link that the platform signed for a host; a refusal says why, in short. */
    signInHost(token: string): Promise<{ cookie: string; landing: string } | HostLinkRefusal>;
    /** Ends the session: the Set-Cookie header value that clears the cookie. */
    signOut(): Promise<string>;
  };
}

/** The log, for those who may read it; null or `forbidden` for anyone else. */
export interface AuditContext {
  list(query: AuditQuery): Promise<AuditPage | null>;
  event(id: string): Promise<AuditEventView | 'not_found' | null>;
  /** Asks to see what is sealed (an `AccessRequest`): on the record before anything is shown. */
  requestAccess(input: unknown): Promise<AccessAnswer>;
  /** Shows once what a ticket of the last minute asked for. */
  reveal(access: unknown): Promise<RevealAnswer>;
  reads(query: ReadsQuery): Promise<ReadsPage | null>;
  /** Everything that a filter finds (an `ExportRequest`), as bytes; on the record before the first. */
  export(
    input: unknown,
  ): Promise<{ ok: true; bytes: ReadableStream<Uint8Array> } | { ok: false; reason: ReadRefusal }>;
  views: {
    list(): Promise<SavedView[]>;
    save(view: Pick<SavedView, 'name' | 'isTeam' | 'search'>): Promise<boolean>;
    remove(id: string): Promise<boolean>;
  };
  /** What whoever sent a command keeps of it; null when it is not theirs. */
  receipt(command: string): Promise<Receipt | null>;
}

declare module '@remix-run/node' {
  interface AppLoadContext extends RostrumContext {}
}
