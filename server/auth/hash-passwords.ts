import { writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { METHODS } from './derive-key.ts';
import type { HashAnswer, HashOrder } from './hashing-process.ts';

/** A tenth of the time where everything is busy: acts come first, but people still get in. */
const NICENESS = 10;

// The program of the hashing process; see `hashing-process.ts`. Before the first hash: libuv's
// threads, which do the work, get the priority of the one that starts them.
giveWay();

process.on('message', ({ id, method, password, salt }: HashOrder) => {
  const answer = (rest: Omit<HashAnswer, 'id'>) => process.send?.({ id, ...rest });
  const derive = METHODS.get(method);
  if (!derive) return answer({ error: `There is no ${method}` });
  derive(password, Buffer.from(salt, 'base64')).then(
    (key) => answer({ key: key.toString('base64') }),
    (error: Error) => answer({ error: error.message }),
  );
});
process.on('disconnect', () => process.exit());

/** Leaves the time to whoever else wants it. */
function giveWay(): void {
  try {
    setPriority(Math.max(NICENESS, getPriority()));
    // Where Linux shares time by session, niceness counts only within one: this process has its own.
    writeFileSync('/proc/self/autogroup', String(NICENESS));
  } catch {
    // Not Linux, or a kernel that does neither: the hash is off the main thread all the same.
  }
}
