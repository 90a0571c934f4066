import type { MemberRoomState, MemberToServer } from '#app/domain/rooms/protocol.ts';
import { type Refused, refuse } from '#app/domain/rooms/reasons.ts';
import { proveReport, readReportReceipt } from '#server/audit/report-receipt.ts';
import type { Presence, PresenceAnswer } from '#server/rooms/ingest.ts';
import { readSeat } from '#server/rooms/read-standing.ts';
import { fileReport } from '#server/rooms/report.ts';
import type { SocketDeps } from './deps.ts';
import { type Handler, makeDispatcher } from './dispatch.ts';
import { addressOf, forgetHandshake } from './handshake.ts';
import type { Levels } from './levels.ts';
import type { MemberNamespace, MemberSeats, MemberSession, MemberSocket } from './member-seats.ts';
import type { SessionsBack } from './member-sessions.ts';
import {
  floorInput,
  level,
  micInput,
  type ReportInput,
  receiptInput,
  reportInput,
} from './payloads.ts';
import type { Rate } from './rate.ts';

/** Forty at once, then ten a second; whoever goes on after a hundred refusals is cut off. */
const RATE: Rate = { burst: 40, perSecond: 10, patience: 100 };
/** Sockets of one member that may have joined in one process: one client must not fill the room's lane. */
const MOST_SOCKETS = 20;

export interface MemberDeps extends SocketDeps {
  seats: MemberSeats;
  sessions: SessionsBack;
  levels: Levels;
  /** Told of each new report, so that those who may know look again. */
  reported(room: string): void;
  /** Once the server stops, a closed socket says nothing of its member. */
  stopping(): boolean;
}

/** Serves members' clients. */
export function serveMembers(nsp: MemberNamespace, deps: MemberDeps): void {
  nsp.use((socket, next) => {
    admitMember(socket, deps).then(
      (refused) => next(refused ? toError(refused) : undefined),
      (error: unknown) => {
        deps.log.error({ error }, 'member handshake failed');
        next(toError(refuse('unavailable', { retryAfter: 1_000 })));
      },
    );
  });
  const receive = makeDispatcher<MemberSession>({
    handlers: memberHandlers(deps),
    rate: RATE,
    refused: (reason) => deps.metrics?.packetRefused?.('member', reason),
    failed: (event, error) => deps.log.error({ event, error }, 'member event failed'),
  });
  const closed = function (this: MemberSocket): void {
    const { stage } = this.data;
    if (stage === 'out') return;
    this.data.stage = 'out';
    goAway(this, deps, false).catch((error: unknown) =>
      deps.log.warn({ error }, 'a lost connection was not written down'),
    );
  };
  nsp.on('connection', (socket) => {
    forgetConnection(socket);
    socket.onAny(receive);
    socket.on('disconnect', closed);
  });
}

async function admitMember(socket: MemberSocket, deps: MemberDeps): Promise<Refused | null> {
  const { auth, headers } = socket.handshake;
  const token: unknown = auth.token;
  if (typeof token !== 'string' || token.length > 4_096) return refuse('forbidden');
  const claims = await deps.verifyJoinToken(token);
  if ('ok' in claims) return claims;
  const address = addressOf(headers, socket.conn.remoteAddress, deps.trustProxy ?? 0);
  const { room, member, role, profile, signedBy } = claims;
  socket.data = {
    room,
    member,
    role,
    signedBy,
    profile,
    cohort: await deps.cohortOf(address),
    stage: 'out',
    tokens: RATE.burst,
    filledAt: Date.now(),
    strikes: 0,
  };
  return null;
}

// Thousands of idle sockets: neither the request nor the address is needed any more.
function forgetConnection(socket: MemberSocket): void {
  const { conn } = socket as unknown as { conn: { request: unknown; remoteAddress: string } };
  conn.request = null;
  conn.remoteAddress = '';
  forgetHandshake(socket);
}

/** What a member's client may send, by name; the room is always their token's. */
export function memberHandlers(
  deps: MemberDeps,
): Record<keyof MemberToServer, Handler<MemberSession>> {
  const { app } = deps;

  const tell = (what: Presence['what']) => (socket: MemberSocket) => enter(app, socket, what);

  return {
    join: { run: (socket: MemberSocket) => join(socket, deps) },
    leave: {
      run(socket: MemberSocket): Promise<PresenceAnswer> | Refused {
        if (socket.data.stage === 'out') return refuse('not_present');
        socket.data.stage = 'out';
        void socket.leave(socket.data.room);
        return goAway(socket, deps, true);
      },
    },
    raise_hand: { run: tell({ kind: 'raise_hand' }) },
    lower_hand: { run: tell({ kind: 'lower_hand' }) },
    mic: {
      input: micInput,
      run: (socket: MemberSocket, { on }: { on: boolean }) =>
        enter(app, socket, { kind: 'mic', on }),
    },
    floor: {
      input: floorInput,
      run: (socket: MemberSocket, { holding }: { holding: boolean }) =>
        enter(app, socket, { kind: 'floor', holding }),
    },
    level: {
      input: level,
      cost: 0.5,
      run(socket: MemberSocket, value: number): undefined {
        const { stage, room, member } = socket.data;
        const ord = stage === 'in' ? deps.seats.speakingOrd(room, member) : null;
        if (ord !== null) deps.levels.note(room, ord, value);
      },
    },
    report: {
      input: reportInput,
      cost: 5,
      async run(socket: MemberSocket, input: ReportInput) {
        const { stage, room, member: reporter } = socket.data;
        if (stage !== 'in') return refuse('not_present');
        const filed = await fileReport(app.db, { ...input, room, reporter });
        if (!filed.ok) return filed;
        if (filed.fresh) deps.reported(room);
        const { reportId } = filed;
        return { ok: true, reportId, receipt: await readReportReceipt(app.db, reportId) };
      },
    },
    receipt: {
      input: receiptInput,
      cost: 2,
      async run(socket: MemberSocket, { report }: { report: string }) {
        const { stage, room, member } = socket.data;
        if (stage !== 'in') return refuse('not_present');
        const proven = await proveReport(app.db, { room, member, report });
        return proven ? { ok: true, ...proven } : refuse('forbidden');
      },
    },
  };
}

function enter(
  app: SocketDeps['app'],
  { data }: MemberSocket,
  what: Presence['what'],
): Promise<PresenceAnswer> | Refused {
  if (data.stage === 'out') return refuse('not_present');
  return app.enter(data.room, { member: data.member, actor: data.signedBy, what });
}

async function join(
  socket: MemberSocket,
  deps: MemberDeps,
): Promise<{ ok: true; state: MemberRoomState } | Refused> {
  const { data } = socket;
  const { seats } = deps;
  const { room, member, role, cohort, profile } = data;
  if (data.stage === 'joining') return refuse('busy', { retryAfter: 500 });
  if (data.stage === 'out') {
    if (seats.socketsOf(room, member).length >= MOST_SOCKETS) return refuse('busy');
    // Seated before the write: whatever is decided about the member meanwhile finds the socket.
    data.stage = 'joining';
    seats.add(socket);
    const version = seats.versionOf(room, member);
    const what = {
      kind: 'join',
      role,
      via: 'socket',
      cohort: cohort?.today ?? null,
      cohortYesterday: cohort?.yesterday ?? null,
      ...(profile && { profile }),
    } as const;
    try {
      const answer = await enter(deps.app, socket, what);
      if (!answer.ok) {
        unseat(socket, seats);
        return answer;
      }
      await settle(socket, deps, version);
    } catch (error) {
      unseat(socket, seats);
      throw error;
    }
    if (data.stage !== 'joining') return refuse('not_present');
    data.stage = 'in';
    data.profile = undefined;
    void socket.join(room);
    deps.sessions.changed(room, member);
  }
  const state = seats.stateOf(room, member);
  return state ? { ok: true, state } : refuse('not_present');
}

/**
 * Brings the standing up to date: usually the commit of the join has just brought it along.
 * @param version of the seat as of the standing known: a right set meanwhile is newer
 */
async function settle({ data }: MemberSocket, { seats, app }: MemberDeps, version: number) {
  const { room, member } = data;
  let known = version;
  while (seats.stateOf(room, member) === null || seats.versionOf(room, member) !== known) {
    known = seats.versionOf(room, member);
    const seat = await readSeat(app.db, room, member);
    if (!seat || data.stage !== 'joining') return;
    seats.apply(seat.room, [seat.person]);
  }
  seats.admit(room, member);
}

function unseat(socket: MemberSocket, seats: MemberSeats): void {
  if (socket.data.stage !== 'joining') return;
  socket.data.stage = 'out';
  seats.remove(socket);
}

/** Takes a socket out of its seat; the member leaves with the last one they have anywhere. */
async function goAway(
  socket: MemberSocket,
  { app, seats, sessions, stopping }: MemberDeps,
  goodbye: boolean,
): Promise<PresenceAnswer> {
  const { room, member, signedBy } = socket.data;
  const last = seats.remove(socket);
  sessions.changed(room, member);
  if (!last || stopping()) return { ok: true };
  // When a peer can't be asked: whoever does have a socket of theirs brings them back.
  const absent = await sessions.absentees(room, [member]).catch(() => [member]);
  if (absent.length === 0) return { ok: true };
  return app.enter(room, { member, actor: signedBy, what: { kind: 'leave', goodbye } });
}

function toError(refused: Refused): Error {
  return Object.assign(new Error(refused.reason), { data: refused });
}
