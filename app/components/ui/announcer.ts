/** How long polite messages gather before they are read out together, in milliseconds. */
export const GATHER_FOR = 3_000;

export interface Announcements {
  polite: string;
  assertive: string;
}

/**
 * Gathers messages for screen readers: polite ones are read together every few seconds, a later one
 * with the same key replacing an earlier one; assertive ones go out at once.
 * @param write receives what the two live regions should hold.
 */
export function createAnnouncer(write: (said: Announcements) => void) {
  const waiting = new Map<string, string>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let said: Announcements = { polite: '', assertive: '' };
  let count = 0;

  const say = (part: Partial<Announcements>) => {
    said = { ...said, ...part };
    write(said);
  };
  const flush = () => {
    timer = null;
    say({ polite: [...waiting.values()].join(' ') });
    waiting.clear();
  };
  return {
    polite(text: string, key = `#${count++}`): void {
      waiting.delete(key);
      waiting.set(key, text);
      if (timer === null) timer = setTimeout(flush, GATHER_FOR);
    },
    assertive(text: string): void {
      // The same words twice would not be read again: a no-break space makes them differ.
      say({ assertive: text === said.assertive ? `${text}\u00a0` : text });
    },
  };
}
