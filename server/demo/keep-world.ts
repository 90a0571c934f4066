import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What must stay the same when the demo goes on where it stopped. */
export interface World {
  seed: number;
  /** People of the largest room. */
  size: number;
  /** Instant of its first start. */
  began: number;
  platformSecret: string;
  joinSecret: string;
}

const SEED = 1;

/** Reads the world of a data directory, or begins a new one there. */
export function keepWorld(dataDir: string, size: number): World {
  const file = join(dataDir, 'demo-world.json');
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  const secret = () => randomBytes(32).toString('hex');
  const world: World = {
    seed: SEED,
    size,
    began: Date.now(),
    platformSecret: secret(),
    joinSecret: secret(),
  };
  try {
    writeFileSync(file, JSON.stringify(world), { mode: 0o600, flag: 'wx' });
    return world;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return JSON.parse(readFileSync(file, 'utf8'));
  }
}
