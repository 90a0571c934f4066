import { spawnSync } from 'node:child_process';

// Fails on known flaws of what is installed for production, of level high and above. A registry that
// can't be reached, or answers no audits, leaves it at a word: the step must also run offline.
const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--audit-level=high', '--json'], {
  encoding: 'utf8',
  timeout: 60_000,
  shell: process.platform === 'win32',
});

interface Report {
  metadata?: { vulnerabilities: Record<string, number> };
  vulnerabilities?: Record<string, { severity: string }>;
}

const report = parse(stdout ?? '');
const counts = report?.metadata?.vulnerabilities;
if (!counts) {
  process.stdout.write('Dependencies were not reviewed: the registry gave no answer.\n');
} else {
  const severe = Object.entries(report.vulnerabilities ?? {}).filter(([, { severity }]) =>
    ['high', 'critical'].includes(severity),
  );
  for (const [name, { severity }] of severe) process.stderr.write(`${name}: ${severity}\n`);
  if (severe.length > 0) process.exitCode = 1;
}

function parse(text: string): Report | null {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return null;
  }
}
