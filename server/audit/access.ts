import { z } from 'zod';
import {
  type AccessAnswer,
  READ_PURPOSES,
  READ_REFUSALS,
  type ReadRefusal,
  type RevealAnswer,
} from '#app/domain/audit/view.ts';
import type { Db } from '#db/client.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { appendAudit } from './entry.ts';
import { withinLimit } from './refusal-limit.ts';

const accessRequest = z.strictObject({
  event: z.uuid(),
  fields: z.array(z.string().min(1).max(64)).min(1).max(64),
  purpose: z.enum(READ_PURPOSES),
  why: z.string().trim().min(1).max(500).refine(isText),
  case: z
    .string()
    .regex(/^[!-~]{1,200}$/)
    .optional(),
});

// PostgreSQL keeps neither NUL nor half a character.
function isText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Asks to see sealed fields of an event, an `AccessRequest`: the ticket is committed, and on the
 * record, before anything can be shown. Leads and auditors, as the database itself looks up;
 * anyone else's attempt is on the record too.
 * @returns the ticket, good for one `reveal` within 60 seconds
 */
export async function requestAccess(db: Db, actor: Actor, input: unknown): Promise<AccessAnswer> {
  const parsed = accessRequest.safeParse(input);
  if (!parsed.success) return { ok: false, reason: 'invalid' };
  if (actor.kind !== 'operator') return { ok: false, reason: 'forbidden' };
  const { event, fields, purpose, why, case: caseRef } = parsed.data;
  const by = `operator:${actor.id}`;
  try {
    const [row] = await db.sql<{ access: string }[]>`
      select audit.request_access(${by}, null, ${event}, ${fields}, ${purpose}, ${why},
        ${caseRef ?? null}) as access`;
    if (!row) throw new Error('audit.request_access answered nothing');
    return { ok: true, access: row.access };
  } catch (error) {
    const reason = refusalOf(error);
    if (reason === 'forbidden') await noteRefusal(db, by, event);
    return { ok: false, reason };
  }
}

/** Shows, once, what the actor's own ticket of the last 60 seconds asked for. */
export async function reveal(db: Db, actor: Actor, access: unknown): Promise<RevealAnswer> {
  const ticket = z.uuid().safeParse(access);
  if (!ticket.success) return { ok: false, reason: 'invalid' };
  if (actor.kind !== 'operator') return { ok: false, reason: 'forbidden' };
  try {
    const rows = await db.sql<{ name: string; value: string }[]>`
      select name, value from audit.reveal(${ticket.data}, ${`operator:${actor.id}`})`;
    return {
      ok: true,
      values: rows.map(({ name, value }) => ({ name, value: JSON.parse(value) })),
    };
  } catch (error) {
    return { ok: false, reason: refusalOf(error) };
  }
}

/** @throws whatever the database did not refuse on purpose */
function refusalOf(error: unknown): ReadRefusal {
  const { code, detail } = error as { code?: string; detail?: string };
  const reason = READ_REFUSALS.find((known) => known === detail);
  if (reason !== undefined && (code === '42501' || code === '22023')) return reason;
  throw error;
}

function noteRefusal(db: Db, actor: string, event: string): Promise<unknown> {
  return db.begin(async (tx) => {
    const entries = await withinLimit(tx, [
      {
        action: 'disclosure.requested',
        outcome: 'refused',
        occurred_at: Date.now(),
        actor,
        target_type: 'event',
        target: `event:${event}`,
        fields: [{ name: 'refusal', value: 'forbidden' }],
      },
    ]);
    if (entries.length > 0) await appendAudit(tx, entries);
  });
}
