import type { Refusal, Refused } from '#app/domain/rooms/reasons.ts';
import type { App } from '#server/app.ts';
import type { Admitted } from '#server/auth/join-claims.ts';
import type { Cohort } from '#server/incidents/cohort.ts';
import type { Actor } from '#server/rooms/actor.ts';
import type { NetworkLimits } from './network-limits.ts';

/** A signed-in console. */
export interface ConsoleIdentity {
  actor: Actor;
  /** Audit reference; the same over tabs and sign-ins. */
  ref: string;
  name: string;
  /** `token_hash` of the row in `session`; null when there is none to look at. */
  sessionHash: string | null;
}

/** As much of pino as is used. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Numbers for `/metrics`; each is optional. */
export interface SocketMetrics {
  /** A packet was refused before its handler ran. */
  packetRefused?(namespace: 'member' | 'console', reason: Refusal): void;
  /** A frame went out to a room's watchers. */
  frameSent?(events: number): void;
  /** Milliseconds from a room event's own time to its frame. */
  frameDelay?(ms: number): void;
}

export interface SocketDeps {
  app: App;
  /** @param cookie the header as it came */
  authenticateConsole(cookie: string | undefined): Promise<ConsoleIdentity | null>;
  /** Checks signature, audience and expiry. @param token anything a client sent as such */
  verifyJoinToken(token: string): Promise<Admitted | Refused>;
  /** Keyed hash of the address's network, under the key of the day and of the day before. */
  cohortOf(address: string): Promise<Cohort | null>;
  /** Proxies in front whose `X-Forwarded-For` is believed; default 0. */
  trustProxy?: number;
  /** Origins besides the server's own whose pages may open a console. */
  allowedOrigins?: readonly string[];
  /** Whether leads and admins work only with a second factor; default: no. */
  requireFactor?: boolean;
  /** Default: those of `network-limits.ts`. */
  networkLimits?: NetworkLimits;
  /** Fan-out over Redis Streams to other processes on the same database. */
  redisUrl?: string;
  log: Log;
  metrics?: SocketMetrics;
}
