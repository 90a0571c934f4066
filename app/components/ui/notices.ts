/** How long an action can be undone, in milliseconds. */
export const UNDO_FOR = 10_000;
const SHOW_DONE_FOR = 6_000;
const SHOW_MORE_FOR = 30_000;

/** What can be looked at further. */
export interface NoticeMore {
  label: string;
  open: () => void;
}

export type Notice =
  | { id: number; kind: 'done'; text: string; until: number; more?: NoticeMore }
  | { id: number; kind: 'undo'; text: string; until: number; undo: () => void }
  /** Stays until someone puts it away. */
  | { id: number; kind: 'failure'; text: string; until: null; retry?: () => void };

let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

function add(notice: Notice): number {
  change([...notices, notice]);
  if (notice.until !== null) setTimeout(() => dismiss(notice.id), notice.until - Date.now());
  return notice.id;
}

/** Says that something was done; goes away by itself, later when there is more to look at. */
export function notifyDone(text: string, more?: NoticeMore): number {
  const until = Date.now() + (more ? SHOW_MORE_FOR : SHOW_DONE_FOR);
  return add({ id: ++lastId, kind: 'done', text, until, ...(more && { more }) });
}

/** Says that something was done and offers to undo it for ten seconds. */
export function notifyUndoable(text: string, undo: () => void): number {
  return add({ id: ++lastId, kind: 'undo', text, until: Date.now() + UNDO_FOR, undo });
}

/** Says that something failed; stays until seen. */
export function notifyFailure(text: string, retry?: () => void): number {
  const notice = { id: ++lastId, kind: 'failure', text, until: null } as const;
  return add(retry ? { ...notice, retry } : notice);
}

/** Puts a notice away; one already gone is no error. */
export function dismiss(id: number): void {
  change(notices.filter((notice) => notice.id !== id));
}

/** The notices on screen, oldest first; the array changes identity with its content. */
export function currentNotices(): readonly Notice[] {
  return notices;
}

/** Calls back on every change. @returns a function that stops it. */
export function watchNotices(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
