import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach } from 'vitest';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** What it answers; `null` leaves the caller hanging. */
  answer: (request: Received) => { status: number; headers?: Record<string, string> } | null;
}

/** A real HTTP server that takes webhooks in; forgets between tests. */
export function useReceiver(): Receiver {
  const receiver: Receiver = { url: '', received: [], answer: () => ({ status: 204 }) };
  const server = createServer(async (request, response) => {
    const { url: path = '', headers } = request;
    const got = { path, headers, body: await text(request) };
    receiver.received.push(got);
    const answer = receiver.answer(got);
    if (answer) response.writeHead(answer.status, answer.headers ?? {}).end();
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });
  beforeEach(() => {
    receiver.received = [];
    receiver.answer = () => ({ status: 204 });
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return receiver;
}
