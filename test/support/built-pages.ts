import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildClient } from '#server/demo/build-client.ts';

const checkout = join(import.meta.dirname, '../..');

/** Builds the console's pages where they are missing or old; several tests at once build once. */
export async function ensureBuilt(): Promise<void> {
  const lock = join(checkout, 'node_modules/.building');
  for (let tries = 0; tries < 1_200; tries++) {
    try {
      mkdirSync(lock);
    } catch {
      await sleep(100);
      continue;
    }
    try {
      buildClient(checkout, () => {});
    } finally {
      rmdirSync(lock);
    }
    return;
  }
  throw new Error(`Another test builds the console; if none does, remove ${lock}`);
}
