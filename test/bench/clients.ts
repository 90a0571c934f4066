import { io, type Socket } from 'socket.io-client';
import { decodeFrame, type Frame } from '#app/domain/rooms/frame.ts';

/** A process full of clients, so that their cost is not the server's. */
export type ClientsOrder =
  /** Connects one member's client per token, so many at once, and joins. */
  | { kind: 'members'; url: string; tokens: string[]; atOnce: number }
  /** Connects consoles and watches a room; `room` null: a bare broadcast's listeners. */
  | { kind: 'consoles'; url: string; count: number; cookie: string; room: string | null }
  /** Answers what the consoles have heard since the last such order. */
  | { kind: 'heard' };

export interface Joined {
  /** Milliseconds from the first connection to the last join. */
  took: number;
}

/** Sums over all consoles. */
export interface Heard {
  frames: number;
  changes: number;
  /** Bytes that came in over the sockets, framing included. */
  bytes: number;
}

const heard: Heard = { frames: 0, changes: 0, bytes: 0 };
const consoles: Socket[] = [];
let bytesBefore = 0;

process.on('disconnect', () => process.exit(0));
process.on('message', (order: ClientsOrder) => {
  const done = (answer: unknown) => process.send?.(answer);
  if (order.kind === 'members') void joinMembers(order).then(done);
  else if (order.kind === 'consoles') void watch(order).then(done);
  else done(takeHeard());
});

async function joinMembers(order: Extract<ClientsOrder, { kind: 'members' }>): Promise<Joined> {
  const started = performance.now();
  let next = 0;
  const lane = async () => {
    for (let token = order.tokens[next++]; token; token = order.tokens[next++]) {
      const socket = await connect(`${order.url}/member`, { auth: { token } });
      const answer = await socket.timeout(60_000).emitWithAck('join');
      if (!answer.ok) throw new Error(`A join was refused: ${JSON.stringify(answer)}`);
    }
  };
  await Promise.all(Array.from({ length: order.atOnce }, lane));
  return { took: performance.now() - started };
}

async function watch(order: Extract<ClientsOrder, { kind: 'consoles' }>): Promise<number> {
  const extraHeaders = { cookie: order.cookie };
  for (let i = 0; i < order.count; i++) {
    const socket = await connect(`${order.url}/console`, { extraHeaders });
    socket.on('room:frame', (_room: string, frame: Frame) => {
      heard.frames++;
      heard.changes += decodeFrame(frame, String).length;
    });
    if (order.room !== null) {
      const answer = await socket
        .timeout(60_000)
        .emitWithAck('room:watch', { room: order.room, since: null });
      if (!answer.ok) throw new Error(`A watch was refused: ${JSON.stringify(answer)}`);
    }
    consoles.push(socket);
  }
  takeHeard();
  return consoles.length;
}

function takeHeard(): Heard {
  const bytes = consoles.reduce((sum, socket) => sum + bytesRead(socket), 0);
  const taken = { ...heard, bytes: bytes - bytesBefore };
  bytesBefore = bytes;
  heard.frames = 0;
  heard.changes = 0;
  return taken;
}

function bytesRead(socket: Socket): number {
  const { transport } = socket.io.engine as unknown as {
    transport: { ws: { _socket: { bytesRead: number } } };
  };
  return transport.ws._socket.bytesRead;
}

function connect(url: string, options: object): Promise<Socket> {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    perMessageDeflate: false as never,
    ...options,
  });
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });
}
