import { z } from 'zod';
import { admissionAnswer, eventsAnswer, problem, roomAnswer } from './answers.ts';
import { admissionRequest, MOST_EVENTS, platformEvent } from './schemas.ts';
import { type ApiRefusal, STATUS } from './status.ts';

type Json = Record<string, unknown>;

/** The platform API as OpenAPI 3.1, made from the schemas that check its calls. */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rostrum platform API',
      version: '1',
      description:
        'What an audio platform tells Rostrum of its rooms, and asks of it. All times are ISO 8601.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ platformKey: [] }],
    paths: {
      '/rooms/{room}/events': { parameters: [ROOM], post: postEvents() },
      '/rooms/{room}/admissions': { parameters: [ROOM], post: postAdmission() },
      '/rooms/{room}': { parameters: [ROOM], get: getRoom() },
    },
    components: {
      securitySchemes: {
        platformKey: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A key made in the console or by `rostrum key make`, with scopes events, admissions, ' +
            'rooms. RateLimit-Limit, -Remaining and -Reset say what is left of its calls a minute; ' +
            'a 429 says in Retry-After when to come back.',
        },
      },
      schemas: schemas(),
    },
  };
}

const ROOM = {
  name: 'room',
  in: 'path',
  required: true,
  schema: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
};

function postEvents(): Json {
  const event = { $ref: '#/components/schemas/PlatformEvent' };
  return {
    operationId: 'postEvents',
    summary: 'Say what happened in a room',
    description:
      'Taken in order; answered after everything accepted is written. Each event is answered by ' +
      'itself: a bad one, or a malformed line, loses nothing else. The same event id is taken in ' +
      'once, so a call whose answer was lost can be sent again. Needs the scope events.',
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { type: 'array', maxItems: MOST_EVENTS, items: event } },
        'application/x-ndjson': { schema: event },
      },
    },
    responses: answers('EventsAnswer', 'An answer for each event', [
      ...ALWAYS,
      'invalid',
      'too_large',
      'wrong_type',
      'busy',
    ]),
  };
}

function postAdmission(): Json {
  return {
    operationId: 'postAdmission',
    summary: 'May this member enter, with which rights',
    description:
      'With admit, the answer carries a join token that lives for seconds: give it to the ' +
      "member's client at once. Needs the scope admissions.",
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { $ref: '#/components/schemas/AdmissionRequest' } },
      },
    },
    responses: answers('AdmissionAnswer', 'Whether, and the rights that hold now', [
      ...ALWAYS,
      'invalid',
      'room_not_found',
      'too_large',
      'wrong_type',
    ]),
  };
}

function getRoom(): Json {
  return {
    operationId: 'getRoom',
    summary: 'The head of a room',
    description: 'Needs the scope rooms.',
    responses: answers('Room', 'The room now', [...ALWAYS, 'room_not_found', 'invalid']),
  };
}

const ALWAYS: readonly ApiRefusal[] = [
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'unavailable',
  'failed',
];

function answers(schema: string, description: string, refusals: readonly ApiRefusal[]): Json {
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } };
  const responses: Json = { 200: { description, content } };
  const codes = new Map<number, ApiRefusal[]>();
  for (const reason of refusals) {
    codes.set(STATUS[reason], [...(codes.get(STATUS[reason]) ?? []), reason]);
  }
  for (const [code, reasons] of [...codes].sort(([a], [b]) => a - b)) {
    responses[code] = {
      description: `reason: ${reasons.join(', ')}`,
      content: {
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      },
    };
  }
  return responses;
}

function schemas(): Json {
  const made: Json = {};
  for (const [io, all] of [
    ['input', [platformEvent, admissionRequest]],
    ['output', [eventsAnswer, admissionAnswer, roomAnswer, problem]],
  ] as const) {
    for (const schema of all) {
      const id = schema.meta()?.id as string;
      const { $schema, $defs, id: _, ...rest } = z.toJSONSchema(schema, { io }) as Json;
      made[id] = rest;
      for (const [name, { id: _id, ...inner }] of Object.entries(
        ($defs ?? {}) as Record<string, Json>,
      )) {
        made[name] = inner;
      }
    }
  }
  return JSON.parse(JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
