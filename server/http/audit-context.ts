import { can, rolesCan } from '#app/domain/access/capabilities.ts';
import type { AuditContext } from '#app/load-context.ts';
import type { Db } from '#db/client.ts';
import { requestAccess, reveal } from '#server/audit/access.ts';
import { exportLog } from '#server/audit/export-log.ts';
import { readEvent } from '#server/audit/read-event.ts';
import { readAuditList } from '#server/audit/read-list.ts';
import { readReads } from '#server/audit/read-reads.ts';
import { readReceipt } from '#server/audit/read-receipt.ts';
import { deleteView, listViews, saveView } from '#server/audit/saved-views.ts';
import { principalOf } from '#server/auth/principal.ts';
import type { Session } from '#server/auth/sessions.ts';

const FORBIDDEN = { ok: false, reason: 'forbidden' } as const;

/** The log as the screens of one request may see it: nothing of it without the right. */
export function auditContext(db: Db, session: Session | null): AuditContext {
  const operator = session?.actor.kind === 'operator' ? session.actor : null;
  const roles = session?.viewer.roles ?? [];
  const reader = operator && rolesCan(roles, 'log.read') ? operator : null;
  const exporter = operator && rolesCan(roles, 'log.export') ? operator : null;
  return {
    list: async (query) => (reader ? readAuditList(db, query) : null),
    event: async (id) => (reader ? ((await readEvent(db, id)) ?? 'not_found') : null),
    // Whoever may not is refused there, on the record.
    requestAccess: async (input) => (session ? requestAccess(db, session.actor, input) : FORBIDDEN),
    reveal: async (access) => (session ? reveal(db, session.actor, access) : FORBIDDEN),
    reads: async (query) => (reader ? readReads(db, reader.id, query) : null),
    export: async (input) =>
      exporter ? exportLog(db, `operator:${exporter.id}`, input) : FORBIDDEN,
    views: {
      list: async () => (reader ? listViews(db, reader.id) : []),
      save: async (view) => reader !== null && saveView(db, reader.id, view),
      remove: async (id) => reader !== null && deleteView(db, reader.id, id),
    },
    // A host who reports has no right to the log, and every right to this.
    receipt: async (command) =>
      session && can(principalOf(session), 'receipts.keep')
        ? readReceipt(db, session.ref, command)
        : null,
  };
}
