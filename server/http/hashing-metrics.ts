import { Counter, type Registry } from 'prom-client';
import type { HashingLoss } from '#server/auth/hashing-process.ts';

const LOSSES: HashingLoss[] = ['silent', 'ended'];

/** Adds a count of hashing processes that were lost. @returns what counts one more */
export function addHashingCounter(registry: Registry): (how: HashingLoss) => void {
  const lost = new Counter({
    name: 'rostrum_hashing_lost_total',
    help: 'Processes that hash passwords lost, by how: silent, and ended for it, or ended by themselves.',
    labelNames: ['how'],
    registers: [registry],
  });
  // From nought: what is counted for the first time is a rise, too.
  for (const how of LOSSES) lost.inc({ how }, 0);
  return (how) => lost.inc({ how });
}
