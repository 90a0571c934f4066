/** How long an event may wait to be signed, in milliseconds; usually it is a fraction of a second. */
const LATE = 180_000;
/** By how much entries of one log may be out of order, in milliseconds. */
const DISORDER = 5_000;

/**
 * Whether the log shows events that have waited too long for a signature: its newest checkpoint is
 * held back from this browser, or nothing is signed any more.
 * @param shown when the newest event shown was recorded
 * @param checked when the log was checked
 * @param newest when the newest signed entry was recorded; null: not known
 */
export function isHeldBack(shown: string, checked: string, newest: string | null): boolean {
  if (newest === null) return false;
  const at = Date.parse(shown);
  return at - Date.parse(newest) > DISORDER && Date.parse(checked) - at > LATE;
}
