import { readFileSync } from 'node:fs';

// Arguments: Vitest's JSON report, and how many steps failed. Prints the line that sums it all up.
const [report = '', failedSteps = '0'] = process.argv.slice(2);

interface Report {
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

function count(): { passed: number; failed: number; skipped: number } {
  let files: Report['testResults'];
  try {
    files = (JSON.parse(readFileSync(report, 'utf8')) as Report).testResults;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const statuses = files.flatMap((file) => file.assertionResults.map(({ status }) => status));
  const of = (wanted: string) => statuses.filter((status) => status === wanted).length;
  // A file that cannot be loaded fails without a test of its own.
  const broken = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const [passed, failed] = [of('passed'), of('failed') + broken];
  return { passed, failed, skipped: statuses.length - passed - of('failed') };
}

const { passed, failed, skipped } = count();
process.exitCode = failed > 0 || passed === 0 || failedSteps !== '0' ? 1 : 0;
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
