import { hashFromBase64 } from '#app/domain/audit/tlog/encoding.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';
import { addPin } from '#server/audit/verify/pin-file.ts';
import type { Run } from '#server/cli/run.ts';
import { failCheck, tellReport } from './tell.ts';
import { type SourceOptions, verifySource } from './verify.ts';

/** `rostrum audit pin`: checks the log, and writes down what it was, for every later check. */
export async function pin(run: Run, options: SourceOptions & { out: string }): Promise<void> {
  try {
    const report = await verifySource(run, options);
    tellReport(run, report, false);
    const { verdict, origin, size, root } = report;
    if (verdict !== 'sound') return;
    if (origin === null || size === null || root === null) {
      throw new TlogError('incomplete', 'nothing was signed yet');
    }
    await addPin(options.out, { origin, size, root: hashFromBase64(root, 'the root') });
    run.print(`Pinned in ${options.out}.`);
  } catch (error) {
    failCheck(run, error);
  }
}
