import { ConfigError, readConfig } from './config.ts';
import { describeFailure, endWithSignals } from './life-cycle.ts';
import { openLog } from './log.ts';
import { announceSetUp } from './set-up-link.ts';
import { startRostrum } from './start.ts';

try {
  const config = readConfig();
  // React and Remix choose their builds by this, and nothing says that it must be set.
  process.env.NODE_ENV ??= 'production';
  const log = openLog(config.logLevel);
  const rostrum = await startRostrum(config, { log });
  endWithSignals(rostrum, log);
  await announceSetUp(config, rostrum);
} catch (error) {
  const text = error instanceof ConfigError ? error.message : describeFailure(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
