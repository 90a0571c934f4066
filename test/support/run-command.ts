import { Readable } from 'node:stream';
import { main } from '#server/cli/main.ts';
import type { Ended } from '#test/support/run-process.ts';

/**
 * Runs `rostrum` as its program does, but in this process: for what a command does and says.
 * @param answers lines to what it asks for
 */
export async function runCommand(
  args: readonly string[],
  env: Record<string, string>,
  answers: readonly string[] = [],
): Promise<Ended> {
  const said = { out: '', complaint: '' };
  const hear = (stream: keyof typeof said) => ({
    write(text: string) {
      said[stream] += text;
    },
  });
  const input = Readable.from(answers.map((line) => `${line}\n`));
  const code = await main(args, { env, out: hear('out'), err: hear('complaint'), answers: input });
  return { code, ...said };
}
