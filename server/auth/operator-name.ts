const LONGEST = 128;

/** An operator's name as it is kept, and signed in by: 1–128 printable characters; null: it is none. */
export function readOperatorName(given: unknown): string | null {
  if (typeof given !== 'string' || !given.isWellFormed()) return null;
  const name = given.normalize('NFC').trim();
  return name === '' || name.length > LONGEST || /\p{Cc}/u.test(name) ? null : name;
}
