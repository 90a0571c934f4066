import type { Db } from '#db/client.ts';
import type { Peers } from './cluster.ts';
import type { ConsoleNamespace, ConsoleSocket } from './console-session.ts';

/** So that a session ended by whoever tells nobody ends its sockets within a second, too. */
const EVERY_MS = 500;

/**
 * When the sockets of a session that another took over from are cut, in milliseconds: their browser has
 * the new token by then, and they come again by themselves. Those of whoever stole the old one don't.
 */
const COME_AGAIN_MS = 5_000;

export interface SessionWatch {
  /** Closes every socket of a session, in every process. @param hash its `token_hash` */
  end(hash: string): void;
  /** Lets sockets come again as those of the session that took over from theirs, in every process. */
  move(from: string, to: string): void;
  close(): void;
}

export interface SessionWatchOptions {
  db: Db;
  nsp: ConsoleNamespace;
  peers: Peers;
  /** Whether leads and admins work only with a second factor. */
  requireFactor: boolean;
  failed(error: unknown): void;
}

/**
 * Ends the sockets of sessions that have ended: at once when told, within half a second otherwise,
 * as when the command line or a process out of reach has ended them.
 */
export function openSessionWatch(options: SessionWatchOptions): SessionWatch {
  const { db, nsp, peers, requireFactor } = options;
  let isLooking = false;

  function socketsOf(hash: string): ConsoleSocket[] {
    return [...nsp.sockets.values()].filter(({ data }) => data.sessionHash === hash);
  }
  function endHere(hash: string): void {
    for (const socket of socketsOf(hash)) endSocket(socket);
  }
  function moveHere(from: string, to: string): void {
    for (const socket of socketsOf(from)) {
      socket.data.sessionHash = to;
      setTimeout(() => socket.conn.close(), COME_AGAIN_MS).unref();
    }
  }

  async function look(): Promise<void> {
    const watched = [...nsp.sockets.values()].flatMap(({ data }) => data.sessionHash ?? []);
    if (watched.length === 0) return;
    const hashes = [...new Set(watched)];
    const standings = await readStandings(db, hashes, requireFactor);
    for (const hash of hashes) {
      const { holds = false, successor = null } = standings.get(hash) ?? {};
      if (successor !== null) moveHere(hash, successor);
      else if (!holds) endHere(hash);
    }
  }

  peers.answer('console:end_session', endHere);
  peers.answer('console:move_session', moveHere);
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    look()
      .catch(options.failed)
      .finally(() => {
        isLooking = false;
      });
  }, EVERY_MS);

  return {
    end(hash) {
      endHere(hash);
      peers.tell('console:end_session', hash);
    },
    move(from, to) {
      moveHere(from, to);
      peers.tell('console:move_session', from, to);
    },
    close: () => clearInterval(timer),
  };
}

/** Says that the session has ended, and closes. */
export function endSocket(socket: ConsoleSocket): void {
  socket.emit('session:ended');
  socket.disconnect(true);
}

interface Standing {
  hash: string;
  /** Whether it goes on. */
  holds: boolean;
  /** The session that took over from it. */
  successor: string | null;
}

/** Whoever was made a lead since owes a second factor, as if they had just come in. */
async function readStandings(
  { sql }: Db,
  hashes: readonly string[],
  requireFactor: boolean,
): Promise<Map<string, Standing>> {
  const rows = await sql<Standing[]>`
    select s.token_hash as hash, s.replaced_by as successor,
      s.ended_at is null and s.expires_at > now()
        and not (${requireFactor} and s.strength = 'single'
          and coalesce(o.roles && '{lead,admin}', false)) as holds
    from session s left join operator o on o.id = s.operator_id
    where s.token_hash = any(${hashes})`;
  return new Map(rows.map((row) => [row.hash, row]));
}
