import { useEffect, useState } from 'react';
import { type Announcements, createAnnouncer } from './announcer.ts';

let show: (said: Announcements) => void = () => {};
const announcer = createAnnouncer((said) => show(said));

/** Reads out a message with others of the last few seconds; the same key replaces. Browser only. */
export function announce(text: string, key?: string): void {
  announcer.polite(text, key);
}

/** Reads out a message at once, over anything else: failures and lost connections only. */
export function announceNow(text: string): void {
  announcer.assertive(text);
}

/** The two regions screen readers listen to; once, in the shell. */
export function LiveRegion() {
  const [said, setSaid] = useState<Announcements>({ polite: '', assertive: '' });
  useEffect(() => {
    show = setSaid;
    return () => {
      show = () => {};
    };
  }, []);
  return (
    <div className="sr-only">
      <div aria-live="polite" aria-atomic>
        {said.polite}
      </div>
      <div aria-live="assertive" aria-atomic>
        {said.assertive}
      </div>
    </div>
  );
}
