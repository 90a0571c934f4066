import { and, eq, sql } from 'drizzle-orm';
import type { Receipt } from '#app/domain/audit/receipt.ts';
import { isUuid } from '#app/domain/uuid.ts';
import { auditEvent } from '#db/audit-event.ts';
import type { Db } from '#db/client.ts';
import { command } from '#db/schema/command.ts';

/**
 * What whoever sent a command may keep of its audit event.
 * @param ref audit reference of who asks
 * @returns null when there is no such command of theirs
 */
export async function readReceipt(db: Db, ref: string, commandId: string): Promise<Receipt | null> {
  const [sent] = await db.orm
    .select({ event: command.auditEventId })
    .from(command)
    .where(and(eq(command.id, uuidOrNone(commandId)), eq(command.actorRef, ref)));
  return sent ? receiptOf(db, sent.event) : null;
}

/** What may be kept of an event by whoever has shown that it is theirs to keep; null: there is none. */
export async function receiptOf({ orm }: Db, event: string): Promise<Receipt | null> {
  const rows = await orm
    .select({
      event: auditEvent.id,
      action: auditEvent.action,
      at: auditEvent.recordedAt,
      leaf: sql<string>`convert_from(${auditEvent}.leaf, 'UTF8')`,
      leafHash: sql<string>`encode(${auditEvent}.leaf_hash, 'hex')`,
      index: sql<number | null>`(
        select l.leaf_index from audit.leaf l where l.event_id = ${auditEvent}.event_id)`,
    })
    .from(auditEvent)
    .where(eq(auditEvent.id, event));
  const [row] = rows;
  return row ? { ...row, at: row.at.toISOString() } : null;
}

// From an address: anybody may have typed anything.
function uuidOrNone(text: string): string {
  return isUuid(text) ? text : '00000000-0000-0000-0000-000000000000';
}
