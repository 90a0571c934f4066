import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const checkout = resolve(import.meta.dirname, '../..');

// [file that imports, what it imports]
const allowed: [string, string][] = [
  ['app/components/stage.tsx', '#app/domain/rooms/state.ts'],
  ['app/components/stage.tsx', './ui/button.tsx'],
  ['app/components/stage.tsx', 'react'],
  ['app/domain/rooms/fold.ts', './state.ts'],
  ['app/domain/rooms/fold.ts', '#app/domain/audit/view.ts'],
  ['app/domain/rooms/commands.ts', 'zod'],
  ['db/client.ts', '#app/domain/rooms/state.ts'],
  ['db/client.ts', '#db/schema/rooms.ts'],
  ['db/client.ts', 'postgres'],
  ['server/rooms/act.ts', '#app/domain/rooms/state.ts'],
  ['server/rooms/act.ts', '#app/load-context.ts'],
  ['server/rooms/act.ts', '#db/client.ts'],
  ['server/rooms/act.ts', 'zod'],
  ['test/server/act.test.ts', '#server/rooms/act.ts'],
];

const refused: [string, string][] = [
  ['app/components/stage.tsx', '#db/client.ts'],
  ['app/components/stage.tsx', '#server/app.ts'],
  ['app/components/stage.tsx', '#test/support/postgres.ts'],
  ['app/components/stage.tsx', '../../db/client.ts'],
  ['app/components/stage.tsx', './../../server/app.ts'],
  ['app/components/stage.tsx', './ui/../../../server/app.ts'],
  ['app/components/stage.tsx', '#app/../server/app.ts'],
  ['app/components/stage.tsx', 'zod'],
  ['app/components/stage.tsx', 'zod/mini'],
  ['app/routes/rooms.$id.tsx', '#server/app.ts'],
  ['app/root.tsx', '../server/app.ts'],
  ['app/domain/rooms/fold.ts', 'react'],
  ['app/domain/rooms/fold.ts', 'react-dom/server'],
  ['app/domain/rooms/fold.ts', 'node:fs'],
  ['app/domain/rooms/fold.ts', 'zod'],
  ['app/domain/rooms/fold.ts', '#app/load-context.ts'],
  ['app/domain/rooms/fold.ts', '#app/domain/../load-context.ts'],
  ['app/domain/rooms/fold.ts', '../../load-context.ts'],
  ['app/domain/rooms/fold.ts', './../../load-context.ts'],
  ['app/domain/rooms/fold.ts', '#db/client.ts'],
  ['app/domain/rooms/commands.ts', 'react'],
  ['app/domain/rooms/commands.ts', '#server/app.ts'],
  ['db/client.ts', '#server/app.ts'],
  ['db/client.ts', '#app/root.tsx'],
  ['db/client.ts', '../server/app.ts'],
  ['db/client.ts', '#app/domain/../root.tsx'],
  ['server/rooms/act.ts', '#app/root.tsx'],
  ['server/rooms/act.ts', '#app/components/stage.tsx'],
  ['server/rooms/act.ts', '#test/support/postgres.ts'],
  ['server/rooms/act.ts', '../../app/root.tsx'],
];

const forms = (path: string) => [
  `import x from '${path}';\nx();\n`,
  `import type x from '${path}';\nexport type Y = x;\n`,
  `export { x } from '${path}';\n`,
  `const x = await import('${path}');\nx.y();\n`,
];

let house: string;
let found: Set<string>;

// Each case gets folders of its own below the one whose rules it is judged by.
function place([file, path]: [string, string], form: number): string {
  const cases = [...allowed, ...refused];
  const number = cases.findIndex(([f, p]) => f === file && p === path);
  const folder = dirname(file);
  return join(
    folder === 'app' ? 'app' : folder,
    `case-${number}-${form}`,
    file.split('/').at(-1) ?? '',
  );
}

beforeAll(async () => {
  house = realpathSync(mkdtempSync(join(tmpdir(), 'rostrum-imports-')));
  copyFileSync(join(checkout, 'biome.json'), join(house, 'biome.json'));
  for (const one of [...allowed, ...refused]) {
    for (const [form, text] of forms(one[1]).entries()) {
      const file = join(house, place(one, form));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  found = await lint(house);
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

test.each(allowed)('%s may import %s', (...one) => {
  for (const form of forms('').keys()) expect(found).not.toContain(place(one, form));
});

test.each(refused)('%s may not import %s', (...one) => {
  for (const form of forms('').keys()) expect(found).toContain(place(one, form));
});

/** Files in which Biome finds a forbidden import, relative to the folder. */
function lint(folder: string): Promise<Set<string>> {
  const args = ['lint', '--only=style/noRestrictedImports', '--vcs-enabled=false'];
  args.push('--reporter=json', '--max-diagnostics=none', '.');
  const biome = join(checkout, 'node_modules/.bin/biome');
  return new Promise((resolve, reject) => {
    execFile(biome, args, { cwd: folder, maxBuffer: 1 << 26 }, (_error, stdout, stderr) => {
      try {
        const { diagnostics } = JSON.parse(stdout);
        resolve(new Set(diagnostics.map((d: { location: { path: string } }) => d.location.path)));
      } catch {
        reject(new Error(stderr || stdout));
      }
    });
  });
}
