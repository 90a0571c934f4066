import { vitePlugin as remix } from '@remix-run/dev';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { listLicences } from './.ci/list-licences.ts';

declare module '@remix-run/node' {
  interface Future {
    v3_singleFetch: true;
  }
}

export default defineConfig({
  plugins: [
    tailwindcss(),
    remix({
      ignoredRouteFiles: ['**/.*'],
      future: {
        v3_fetcherPersist: true,
        v3_lazyRouteDiscovery: true,
        v3_relativeSplatPath: true,
        v3_singleFetch: true,
        v3_throwAbortReason: true,
      },
    }),
    listLicences(),
  ],
  // Licences are in one file of their own, not in every script.
  esbuild: { legalComments: 'none' },
  // Inlined assets would be data: URLs, which the content security policy refuses.
  build: { target: 'es2022', assetsInlineLimit: 0 },
});
