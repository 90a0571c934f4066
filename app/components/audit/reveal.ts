import type { AccessAnswer, AccessRequest, RevealAnswer } from '#app/domain/audit/view.ts';

const UNAVAILABLE = { ok: false, reason: 'unavailable' } as const;

/**
 * Asks for a ticket and uses it: two requests, so that the first is on the record, committed, before
 * the second is answered.
 */
export async function reveal(request: AccessRequest): Promise<RevealAnswer> {
  const ticket = await send<AccessAnswer>(request);
  return ticket.ok ? send<RevealAnswer>({ access: ticket.access }) : ticket;
}

async function send<Answer extends { ok: boolean }>(
  body: object,
): Promise<Answer | typeof UNAVAILABLE> {
  try {
    const response = await fetch('/log/access', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.ok ? ((await response.json()) as Answer) : UNAVAILABLE;
  } catch {
    return UNAVAILABLE;
  }
}
