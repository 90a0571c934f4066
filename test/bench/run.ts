import { parseArgs } from 'node:util';
import type { Figure, SuiteResult } from './figure.ts';
import { describeMachine } from './machine.ts';

/** Loaded one by one, so that a suite runs without what only another needs. */
const SUITES: Record<string, () => Promise<SuiteResult>> = {
  actions: async () => (await import('./actions.ts')).measureActions(),
  ingest: async () => (await import('./ingest.ts')).measureIngest(),
  fill: async () => (await import('./fill.ts')).measureFill(),
  fanout: async () => (await import('./fanout.ts')).measureFanout(),
  screen: async () => (await import('./screen.ts')).measureScreen(),
  audit: async () => (await import('./audit.ts')).measureAudit(),
  access: async () => (await import('./access.ts')).measureAccess(),
  latency: async () => (await import('./latency.ts')).measureLatency(),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. There are: ${Object.keys(SUITES).join(' ')}`);
  process.exit(2);
}

if (!values.json) console.log(`${describeMachine()}\n`);
for (const suite of positionals.length > 0 ? positionals : Object.keys(SUITES)) {
  const measure = SUITES[suite] as () => Promise<SuiteResult>;
  const { figures, notes } = await measure();
  if (values.json) console.log(JSON.stringify({ suite, figures }));
  else print(suite, figures, notes);
}
// What a suite started it has stopped; a socket's idle timer must not hold the end back.
process.exit(0);

function print(suite: string, figures: readonly Figure[], notes: readonly string[]): void {
  console.log(suite);
  const rows = figures.map(({ name, ours, limit, unit, ratio, better, spread }) => [
    `  ${name}`,
    `${ours} ${unit}`,
    `limit ${limit}`,
    `ratio ${ratio}`,
    `${better} is better`,
    `ours ${spread.ours.join('–')}, limit ${spread.limit.join('–')}`,
  ]);
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  for (const row of rows) console.log(row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  for (const note of notes) console.log(`  (${note})`);
  console.log();
}
