import express, { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { issuesOf } from '#app/domain/issues.ts';
import { platformId } from '#app/domain/rooms/commands.ts';
import type { Refused } from '#app/domain/rooms/reasons.ts';
import type { Room } from '#app/domain/rooms/state.ts';
import type { Log } from '#server/log.ts';
import { readRoom } from '#server/rooms/read-room.ts';
import { type AdmitDeps, admit } from './admit.ts';
import type { EventsAnswer, RoomAnswer } from './answers.ts';
import { type BearerOptions, keyOf, requireKeyStill, requireScope } from './bearer.ts';
import { openApiDocument } from './openapi.ts';
import { type Problem, sendProblem } from './problem.ts';
import { readEvents } from './read-events.ts';
import { admissionRequest, LARGEST_BODY } from './schemas.ts';
import type { ApiRefusal } from './status.ts';
import { type TakeDeps, takeEvents } from './take-events.ts';

export interface ApiOptions extends TakeDeps, Omit<AdmitDeps, 'db'>, BearerOptions {
  log: Log;
}

/** The platform's API below /api/v1. */
export function apiRoutes(options: ApiOptions): Router {
  const router = Router();
  const document = JSON.stringify(openApiDocument());
  const { db } = options.app;
  router.use((_request, response, next) => {
    response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' });
    next();
  });
  router.get('/openapi.json', (_request, response) => void response.type('json').send(document));

  router
    .route('/rooms/:room/events')
    .post(
      requireScope(options, 'events'),
      body(LARGEST_BODY, NDJSON),
      requireKeyStill(options),
      handled(async (request, response) => {
        const room = roomOf(request, response);
        if (room === null) return;
        const format = request.is(NDJSON) ? 'ndjson' : 'json';
        const read = readEvents(textOf(request), format);
        if (!read.ok) return sendProblem(response, read);
        const actor = `platform:${keyOf(response).id}`;
        const answer = await takeEvents(options, room, actor, read.events);
        const whole = wholeRefusal(answer.results);
        if (whole) return sendProblem(response, whole);
        response.json(answer);
      }),
    )
    .all(wrongMethod('POST'));

  router
    .route('/rooms/:room/admissions')
    .post(
      requireScope(options, 'admissions'),
      body(16_384),
      requireKeyStill(options),
      handled(async (request, response) => {
        const room = roomOf(request, response);
        if (room === null) return;
        const parsed = admissionRequest.safeParse(parseJson(textOf(request)));
        if (!parsed.success) return sendProblem(response, invalid(issuesOf(parsed.error)));
        const answer = await admit({ ...options, db }, room, parsed.data);
        if ('ok' in answer) return sendRefusal(response, answer);
        response.json(answer);
      }),
    )
    .all(wrongMethod('POST'));

  router
    .route('/rooms/:room')
    .get(
      requireScope(options, 'rooms'),
      handled(async (request, response) => {
        const id = roomOf(request, response);
        if (id === null) return;
        const room = await readRoom(db, id);
        if (room) response.json(answerOf(room));
        else sendProblem(response, { reason: 'room_not_found', title: 'There is no such room.' });
      }),
    )
    .all(wrongMethod('GET'));

  router.use((_request, response) => {
    sendProblem(response, { reason: 'not_found', title: 'There is no such address.' });
  });
  router.use(answerFault(options.log));
  return router;
}

/** Express 4 doesn't wait for promises: what they throw is passed on here. */
function handled(
  handler: (request: Request, response: Response) => Promise<void>,
): express.RequestHandler {
  return (request, response, next) => {
    handler(request, response).catch(next);
  };
}

const NDJSON = 'application/x-ndjson';

function body(limit: number, ...more: string[]) {
  const types = ['application/json', ...more];
  const read = express.raw({ type: types, limit });
  return [
    (request: Request, response: Response, next: express.NextFunction) => {
      if (request.is(types)) return next();
      const title = `The body must be ${types.join(' or ')}.`;
      sendProblem(response, { reason: 'wrong_type', title });
    },
    read,
  ];
}

function textOf(request: Request): string {
  return Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function roomOf(request: Request, response: Response): string | null {
  const parsed = platformId.safeParse(request.params.room);
  if (parsed.success) return parsed.data;
  sendProblem(
    response,
    invalid(issuesOf(parsed.error).map((issue) => ({ ...issue, path: 'room' }))),
  );
  return null;
}

function invalid(issues: { path: string; message: string }[]): Problem {
  return { reason: 'invalid', title: 'The request is malformed.', issues };
}

function sendRefusal(response: Response, { reason, issues, retryAfter }: Refused): void {
  sendProblem(response, {
    reason,
    title: `Refused: ${reason}.`,
    ...(issues && { issues }),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

/** When nothing of a call was taken in for want of room or database, it failed as a whole. */
function wholeRefusal(results: EventsAnswer['results']): Problem | null {
  const [first] = results;
  if (!first || first.ok || (first.reason !== 'busy' && first.reason !== 'unavailable'))
    return null;
  const { reason } = first;
  if (!results.every((result) => !result.ok && result.reason === reason)) return null;
  return { reason, title: 'Nothing was taken in: send it again later.', retryAfter: 1_000 };
}

function wrongMethod(allowed: string): express.RequestHandler {
  return (_request, response) => {
    response.set('Allow', allowed);
    sendProblem(response, { reason: 'wrong_method', title: `Only ${allowed} is known here.` });
  };
}

const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());

function answerOf({ counts, calm, ...room }: Room): RoomAnswer {
  const { id, title, language, status, locked, handsOpen, seq } = room;
  return {
    id,
    title,
    language,
    status,
    locked,
    handsOpen,
    calmUntil: iso(calm?.until ?? null),
    unattendedSince: iso(room.unattendedSince),
    openedAt: new Date(room.openedAt).toISOString(),
    endedAt: iso(room.endedAt),
    seq,
    present: counts.present,
    stage: counts.stage,
    hands: counts.hands,
  };
}

/** What body-parser refuses, by its own types; anything else is a bug or the database gone. */
const FAULTS: Readonly<Record<string, [ApiRefusal, string]>> = {
  'entity.too.large': ['too_large', 'The body is too large.'],
  'encoding.unsupported': ['wrong_type', 'The encoding is unknown.'],
  'request.aborted': ['invalid', 'The body ended early.'],
  'request.size.invalid': ['invalid', 'The body is not as long as it says.'],
};

function answerFault(log: Log): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    if (response.headersSent) return void response.destroy();
    const { type, status } = error as { type?: string; status?: number };
    const [reason, title] = FAULTS[type ?? ''] ?? [];
    if (reason && title) return sendProblem(response, { reason, title });
    if (status !== undefined && status >= 400 && status < 500) {
      return sendProblem(response, invalid([{ path: '', message: 'can not be read' }]));
    }
    log.error({ error }, 'an API call failed');
    sendProblem(response, { reason: 'failed', title: 'Something went wrong here.' });
  };
}
