import { and, eq, sql } from 'drizzle-orm';
import type { Receipt } from '#app/load-context.ts';
import { auditEvent } from '#db/audit-event.ts';
import type { Db } from '#db/client.ts';
import { command } from '#db/schema/command.ts';

interface ReceiptRow extends Omit<Receipt, 'at'> {
  at: Date;
}

/**
 * What whoever sent a command may keep of its audit event.
 * @param ref audit reference of who asks
 * @returns null when there is no such command of theirs
 */
export async function readReceipt(
  { orm }: Db,
  ref: string,
  commandId: string,
): Promise<Receipt | null> {
  const rows: ReceiptRow[] = await orm
    .select({
      event: auditEvent.id,
      action: auditEvent.action,
      at: auditEvent.recordedAt,
      leaf: sql<string>`convert_from(${auditEvent}.leaf, 'UTF8')`,
      leafHash: sql<string>`encode(${auditEvent}.leaf_hash, 'hex')`,
      index: sql<number | null>`(
        select l.leaf_index from audit.leaf l where l.event_id = ${auditEvent.id})`,
    })
    .from(command)
    .innerJoin(auditEvent, eq(auditEvent.id, command.auditEventId))
    .where(and(eq(command.id, uuidOrNone(commandId)), eq(command.actorRef, ref)));
  const [row] = rows;
  return row ? { ...row, at: row.at.toISOString() } : null;
}

// From an address: anybody may have typed anything.
function uuidOrNone(text: string): string {
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
  return isUuid ? text : '00000000-0000-0000-0000-000000000000';
}
