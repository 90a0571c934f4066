/** Filters of the audit list; absent ones don't narrow. */
export interface AuditQuery {
  action?: string;
  actor?: string;
  room?: string;
  /** `refused` shows attempts that were refused. */
  outcome?: 'accepted' | 'refused';
  /** Event id to continue before: keyset paging, newest first. */
  before?: string;
}

export interface AuditRow {
  id: string;
  /** ISO 8601, UTC. */
  at: string;
  action: string;
  outcome: string;
  /** Pseudonymous reference, as stored. */
  actorRef: string;
  /** Name for the reference, where it still has one. */
  actorName: string | null;
  targetRef: string | null;
  targetName: string | null;
  room: string | null;
  parentId: string | null;
  reversesId: string | null;
}

export interface AuditPage {
  rows: AuditRow[];
  /** Pass as `before` for the next page; null at the end. */
  next: string | null;
}
