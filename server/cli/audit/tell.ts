import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import {
  EXIT_CODES,
  type Finding,
  type Progress,
  type Report,
} from '#server/audit/verify/findings.ts';
import type { Run } from '#server/cli/run.ts';

const count = new Intl.NumberFormat('en');

/** Prints a report for people, or as JSON, and sets the exit code. */
export function tellReport(run: Run, report: Report, json: boolean): void {
  run.exitCode = EXIT_CODES[report.verdict];
  if (json) {
    run.print(JSON.stringify(report, null, 2));
    return;
  }
  for (const remark of report.remarks) run.remark(remark);
  for (const finding of report.findings) run.print(lineOf(finding));
  if (report.more > 0) run.print(`… and ${count.format(report.more)} more`);
  const { verdict, source, origin, size, root, events, checkpoints } = report;
  const log = size === null ? '' : `, log ${origin} of ${count.format(size)} leaves, root ${root}`;
  run.print(
    `${verdict.toUpperCase()}: ${source}: ${count.format(events)} events and ${count.format(checkpoints)} checkpoints looked at${log}`,
  );
}

function lineOf({ kind, event, index, what }: Finding): string {
  const leaf = index === null ? '' : `leaf ${index}`;
  const about = event === null ? leaf : `event ${event}${leaf && ` (${leaf})`}`;
  return `${kind}: ${about && `${about}: `}${what}`;
}

const EVERY = 500;

/** Shows on a terminal how far a long run is; nothing where nobody looks. */
export function showProgress(
  { draw }: Run,
  unit: string,
): { progress: Progress; done: () => void } {
  if (draw === null) return { progress: () => {}, done: () => {} };
  const began = performance.now();
  let last = began;
  let shown = false;
  return {
    progress(done, all) {
      const now = performance.now();
      if (now - last < EVERY) return;
      last = now;
      shown = true;
      const rate = count.format(Math.round(done / ((now - began) / 1_000)));
      draw(`\r\x1b[K${count.format(done)} of ${count.format(all)} ${unit} (${rate}/s)`);
    },
    done() {
      if (shown) draw('\r\x1b[K');
    },
  };
}

/** Prints why something can't be done, with the exit code of its kind; what is unforeseen is 3. */
export function failCheck(run: Run, error: unknown): void {
  const { kind, message } =
    error instanceof TlogError
      ? error
      : {
          kind: 'unreadable' as const,
          message: error instanceof Error ? error.message : String(error),
        };
  run.remark(`${kind}: ${message}`);
  run.exitCode = EXIT_CODES[kind];
}
