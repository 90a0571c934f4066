import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;

/** Writes the licences of all packages in the browser's scripts to licences.txt beside them. */
export function listLicences(): Plugin {
  let isServer = false;
  return {
    name: 'list-licences',
    apply: 'build',
    configResolved({ build }) {
      isServer = Boolean(build.ssr);
    },
    generateBundle(_, bundle) {
      if (isServer) return;
      const folders = new Set<string>();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        for (const id of chunk.moduleIds) {
          const folder = PACKAGE.exec(id.replaceAll('\\', '/').replace(/^\0/, ''))?.[0];
          if (folder) folders.add(folder);
        }
      }
      const source = [...folders].sort().map(licenceOf).join('\n');
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
    },
  };
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as { name: string; version: string; license?: string };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : '';
  return `${name} ${version} (${license ?? 'see below'})\n\n${text}\n`;
}
