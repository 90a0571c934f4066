import { main } from '#server/cli/main.ts';
import type { Ended } from '#test/support/run-process.ts';

/** Runs `rostrum` as its program does, but in this process: for what a command does and says. */
export async function runCommand(
  args: readonly string[],
  env: Record<string, string>,
): Promise<Ended> {
  const said = { out: '', complaint: '' };
  const hear = (stream: keyof typeof said) => ({
    write(text: string) {
      said[stream] += text;
    },
  });
  const code = await main(args, { env, out: hear('out'), err: hear('complaint') });
  return { code, ...said };
}
