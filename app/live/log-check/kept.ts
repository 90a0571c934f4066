/** What this browser holds the log to. */
export interface Kept {
  /** The newest checkpoint that was found sound, byte for byte. */
  note: string;
  size: number;
  /** Keys that are trusted to sign, as text. */
  vkeys: string[];
  /** When it was found sound here: ISO 8601. */
  at: string;
  /** What it was found consistent with: the last of an earlier day, or else the first of today. */
  since: Seen | null;
}

/** A checkpoint this browser saw. */
export interface Seen {
  size: number;
  /** ISO 8601. */
  at: string;
}

/** What a check at this time is said to be consistent with, which all between were too. */
export function sinceOf(kept: Kept | null, at: string): Seen | null {
  if (kept === null) return null;
  const isToday = kept.at.slice(0, 10) === at.slice(0, 10);
  return isToday && kept.since !== null ? kept.since : { size: kept.size, at: kept.at };
}

/** What may be wrong with a log. */
export const ALARM_KINDS = ['fork', 'shrunk', 'key', 'signature', 'origin'] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

/** A log that contradicts what this browser saw before; all that is needed to show it to others. */
export interface Alarm {
  kind: AlarmKind;
  /** When it was found: ISO 8601. */
  at: string;
  /** What exactly does not hold, in English, for those who look into it. */
  fault: string;
  /** As kept before; null on a first visit. */
  kept: Kept | null;
  /** What the log said now. */
  note: string;
  vkeys: string[];
}

/** Where it is all kept: this browser's storage, or a test's. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

// Of one origin: the browser keeps those of others apart.
const KEPT = 'rostrum.log.kept';
const ALARM = 'rostrum.log.alarm';
const EVIDENCE = 'rostrum.log.evidence';
const MOST_EVIDENCE = 20;

/** The names of what is stored, for those who watch for changes by other tabs. */
export const STORED: ReadonlySet<string> = new Set([KEPT, ALARM, EVIDENCE]);

export function readKept(store: Store): Kept | null {
  return read<Kept>(store, KEPT);
}

export function writeKept(store: Store, kept: Kept): void {
  store.setItem(KEPT, JSON.stringify(kept));
}

/** The alarm that nobody has acknowledged yet. */
export function readAlarm(store: Store): Alarm | null {
  return read<Alarm>(store, ALARM);
}

/** Keeps the first alarm until it is acknowledged: later ones follow from it. */
export function raiseAlarm(store: Store, alarm: Alarm): void {
  if (readAlarm(store) === null) store.setItem(ALARM, JSON.stringify(alarm));
}

/** Alarms that were acknowledged, oldest first. */
export function readEvidence(store: Store): Alarm[] {
  return read<Alarm[]>(store, EVIDENCE) ?? [];
}

/** Holds the log to another checkpoint from now on; what was kept before stays as evidence. */
export function pinAnew(store: Store, alarm: Alarm, kept: Kept): void {
  const evidence = [...readEvidence(store), alarm].slice(-MOST_EVIDENCE);
  store.setItem(EVIDENCE, JSON.stringify(evidence));
  writeKept(store, kept);
  store.removeItem(ALARM);
}

// Whoever can write here can run scripts on the page, so its form is not doubted further.
function read<T>(store: Store, name: string): T | null {
  try {
    return JSON.parse(store.getItem(name) ?? 'null') as T | null;
  } catch {
    return null;
  }
}
