import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// What must never reach a browser, by a word that survives minification.
const forbidden = {
  zod: '._zod',
  postgres: 'CONNECTION_DESTROYED',
  drizzle: 'drizzle:entityKind',
};

const folder = join(import.meta.dirname, '../build/client/assets');
for (const name of readdirSync(folder).filter((file) => file.endsWith('.js'))) {
  const text = readFileSync(join(folder, name), 'utf8');
  for (const [library, word] of Object.entries(forbidden)) {
    if (!text.includes(word)) continue;
    process.stderr.write(`The browser bundle ${name} contains ${library}.\n`);
    process.exitCode = 1;
  }
}
