import { type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * Opens the structured log: one JSON object per line on standard output. It never carries personal
 * data: no addresses, names, tokens or queries; callers log ids, counts, durations and reasons.
 */
export function openLog(level: string): Log {
  return pino({
    level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: describeError },
    redact: {
      paths: ['token', 'cookie', 'authorization', 'name', 'ip', 'address', '*.token', '*.cookie'],
      remove: true,
    },
  });
}

/**
 * What may be logged of an error. A database's message and detail quote row values, so of its
 * errors only code, table and constraint are kept.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const {
    code,
    table_name: table,
    constraint_name: constraint,
  } = error as Error & {
    code?: string;
    table_name?: string;
    constraint_name?: string;
  };
  const fromDatabase = error.name === 'PostgresError';
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(code !== undefined && { code }),
    ...(fromDatabase ? { table, constraint } : { message: error.message.slice(0, 500) }),
    stack: frames?.slice(0, 12).map((line) => line.trim()),
  };
}
