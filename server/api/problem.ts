import type { Response } from 'express';
import type { Refused } from '#app/domain/rooms/reasons.ts';
import { type ApiRefusal, STATUS } from './status.ts';

/** An RFC 9457 problem; `reason` is stable and meant for programs. */
export interface Problem extends Omit<Refused, 'ok' | 'reason'> {
  reason: ApiRefusal;
  title: string;
}

/** Answers a refusal as application/problem+json. */
export function sendProblem(response: Response, problem: Problem): void {
  const status = STATUS[problem.reason];
  if (problem.retryAfter !== undefined) {
    response.set('Retry-After', String(Math.ceil(problem.retryAfter / 1_000)));
  }
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', status, ...problem }));
}
