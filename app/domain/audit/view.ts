/** Filters of the log; absent ones don't narrow. */
export interface AuditQuery {
  /** A whole name, or an object such as `participant`. */
  action?: string;
  /** A reference, or a part of an operator's or member's name. */
  actor?: string;
  /** About whom or what: a reference, or a part of a name. */
  subject?: string;
  room?: string;
  case?: string;
  /** `refused` shows attempts that were refused. */
  outcome?: 'accepted' | 'refused';
  /** Recorded at or after, ISO 8601, UTC. */
  from?: string;
  /** Recorded before, ISO 8601, UTC. */
  to?: string;
  /** Words in the reason, all of which must be there. */
  words?: string;
  /** UUID of the event that they take back. */
  reverses?: string;
  /** UUID of the event that they are part of. */
  parent?: string;
  /** Cursor: the page of those recorded earlier. */
  before?: string;
  /** Cursor: the page of those recorded later. Not with `before`. */
  after?: string;
}

export interface AuditRow {
  id: string;
  /** When it was recorded: ISO 8601, UTC. */
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
  /** Case reference. */
  case: string | null;
  /** Why, where it was said and may be shown. */
  reason: string | null;
  parentId: string | null;
  reversesId: string | null;
}

export interface AuditPage {
  /** Newest first. */
  rows: AuditRow[];
  /** Pass as `before` for those recorded earlier; null at the end. */
  next: string | null;
  /** Pass as `after` for those recorded later; null at the newest. */
  previous: string | null;
  /** When the walk ended before the page was full: how far back it looked, ISO 8601. */
  lookedBackTo: string | null;
}

/** One field of an event that is not among its public columns. */
export interface AuditFieldView {
  name: string;
  /** JSON as recorded; null also when sealed or erased. */
  value: unknown;
  /** Reference of the person it is about. */
  subject: string | null;
  /** Shown only by a reveal. */
  sealed: boolean;
  /** ISO 8601; then nobody has the value any more. */
  erasedAt: string | null;
}

/** A field as it was hashed into the event's leaf; sealed and erased ones only by their digest. */
export interface HashedField {
  name: string;
  /** JSON text, to the byte. */
  text: string | null;
  /** Base64. */
  salt: string | null;
  /** Base64. */
  digest: string | null;
}

/** Some of the events that follow from one, and how many there are. */
export interface AuditKin {
  rows: AuditRow[];
  count: number;
  /** There are more than were counted, or may be. */
  isMore: boolean;
}

/** One event as its page shows it. */
export interface AuditEventView extends AuditRow {
  /** When it happened: ISO 8601, UTC. */
  occurredAt: string;
  version: number;
  targetType: string | null;
  correlationId: string | null;
  fields: AuditFieldView[];
  parent: AuditRow | null;
  /** The first 200, in the order they were recorded. */
  children: AuditKin;
  /** The event this one takes back. */
  reverses: AuditRow | null;
  /** Events that take this one back: the newest 20, newest first. */
  reversedBy: AuditKin;
  /** Every field, and the one named `event`: the public columns. */
  hashed: HashedField[];
  /** The leaf's bytes as text, canonical JSON. */
  leaf: string;
  /** 64 hex digits. */
  leafHash: string;
  /** Place in the log; null while it waits to be sequenced. */
  index: number | null;
  /** The first checkpoint that covers it. */
  checkpoint: { size: number; at: string } | null;
}

/** Why someone looks at what is sealed. */
export const READ_PURPOSES = ['case', 'appeal', 'legal', 'safety', 'audit'] as const;
export type ReadPurpose = (typeof READ_PURPOSES)[number];

/** Asks to see sealed fields of an event. */
export interface AccessRequest {
  event: string;
  fields: string[];
  purpose: ReadPurpose;
  /** In words, 1–500 characters. */
  why: string;
  /** Case reference, when there is one. */
  case?: string;
}

/** Why a sealed field stays sealed, or an export is not made. */
export const READ_REFUSALS = [
  'forbidden',
  'invalid',
  'event_not_found',
  'no_such_field',
  'erased',
  'expired',
  'already_shown',
  'unavailable',
] as const;
export type ReadRefusal = (typeof READ_REFUSALS)[number];

export type AccessAnswer = { ok: true; access: string } | { ok: false; reason: ReadRefusal };
export type RevealAnswer =
  | { ok: true; values: { name: string; value: unknown }[] }
  | { ok: false; reason: ReadRefusal };

/** Filters of the log of reads. */
export interface ReadsQuery {
  /** Who asked: a reference, or a part of a name. */
  actor?: string;
  /** Whose data: a reference, or a part of a name. */
  subject?: string;
  event?: string;
  case?: string;
  purpose?: ReadPurpose;
  /** Whether the value was shown. */
  released?: 'yes' | 'no';
  from?: string;
  to?: string;
  before?: string;
}

/** One request to see what is sealed. */
export interface ReadRow {
  id: string;
  at: string;
  actorRef: string;
  actorName: string | null;
  /** Whose data; null when it is about nobody. */
  subjectRef: string | null;
  subjectName: string | null;
  eventId: string | null;
  /** The event's action. */
  action: string | null;
  fields: string[];
  purpose: string;
  why: string;
  case: string | null;
  /** When it was shown; null: it was asked for and never shown. */
  releasedAt: string | null;
}

export interface ReadsPage {
  rows: ReadRow[];
  next: string | null;
}

/** Takes every event of a filter out of the console. */
export interface ExportRequest {
  format: 'csv' | 'ndjson';
  query: AuditQuery;
  purpose: ReadPurpose;
  why: string;
}

/** A way of looking at the log that was given a name. */
export interface SavedView {
  id: string;
  name: string;
  /** For everyone who may read the log. */
  isTeam: boolean;
  /** Whether the viewer made it, and so may delete it. */
  isMine: boolean;
  by: string;
  /** The address's search, without a cursor, as `action=room&outcome=refused`. */
  search: string;
}
