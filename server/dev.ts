import type { ServerBuild } from '@remix-run/node';
import { createServer } from 'vite';
import { ConfigError, readConfig } from './config.ts';
import type { OpenPages } from './http/pages.ts';
import { describeFailure, endWithSignals } from './life-cycle.ts';
import { openLog } from './log.ts';
import { announceSetUp } from './set-up-link.ts';
import { startRostrum } from './start.ts';

process.env.NODE_ENV ??= 'development';

/** Pages straight from their sources, changed in the browser as they are saved. */
const openSources: OpenPages = async (server) => {
  const vite = await createServer({
    appType: 'custom',
    server: { middlewareMode: true, hmr: { server } },
  });
  return {
    files: vite.middlewares,
    build: () => vite.ssrLoadModule('virtual:remix/server-build') as Promise<ServerBuild>,
    mode: 'development',
    looseStyles: true,
    close: () => vite.close(),
  };
};

try {
  const config = readConfig();
  const log = openLog(config.logLevel);
  const rostrum = await startRostrum(config, { log, openPages: openSources });
  endWithSignals(rostrum, log);
  console.log(`${rostrum.url}  (sign in: npm run rostrum -- operator add NAME --role lead)`);
  await announceSetUp(config, rostrum);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : describeFailure(error));
  process.exit(1);
}
