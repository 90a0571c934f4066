import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { fromUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import type { WitnessReply } from './witness.ts';

/** 63 hashes and a checkpoint with 100 signatures fit several times over. */
const LARGEST = 64 << 10;
const LONGEST = 10_000;

/**
 * A witness's HTTP server: POST /add-checkpoint, and nothing else.
 * @param told each answer in one line
 */
export function witnessServer(
  witness: (body: string) => Promise<WitnessReply>,
  told: (line: string) => void,
): Server {
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      told(`500 ${error instanceof Error ? error.message : error}`);
      send(response, 500, 'Something went wrong.\n');
    });
  });
  server.requestTimeout = LONGEST;
  server.headersTimeout = LONGEST;

  async function judge(body: Buffer): Promise<WitnessReply> {
    try {
      return await witness(fromUtf8(body, 'the request'));
    } catch (error) {
      if (!(error instanceof TlogError)) throw error;
      const { message } = error;
      return { status: 400, contentType: 'text/plain', body: `${message}\n`, reason: message };
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== '/add-checkpoint') return send(response, 404, 'There is nothing here.\n');
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST');
      return send(response, 405, 'Checkpoints are added by POST.\n');
    }
    const body = await readBody(request);
    if (body === null) {
      response.setHeader('Connection', 'close');
      return send(response, 413, 'The request is too large.\n');
    }
    const reply = await judge(body);
    told(`${reply.status} ${reply.reason ?? 'cosigned'}`);
    send(response, reply.status, reply.body, reply.contentType);
  }
  return server;
}

function send(response: ServerResponse, status: number, body: string, type = 'text/plain'): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/** Null when it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > LARGEST) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
