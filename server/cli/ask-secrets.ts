import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Where answers come from: a terminal, or a file or pipe with one answer a line. */
export type Answers = NodeJS.ReadableStream & { isTTY?: boolean };

/**
 * Asks for secrets, one after the other, showing nothing of them.
 * @param prompts written to a terminal only
 * @returns as many; empty ones where the answers ended
 */
export async function askSecrets(
  input: Answers,
  err: { write(text: string): unknown },
  prompts: readonly string[],
): Promise<string[]> {
  const isTerminal = input.isTTY === true;
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output, terminal: isTerminal });
  const answers = lines[Symbol.asyncIterator]();
  try {
    const given: string[] = [];
    for (const prompt of prompts) {
      if (isTerminal) err.write(`${prompt}: `);
      const { value, done } = await answers.next();
      if (isTerminal) err.write('\n');
      given.push(done ? '' : value);
    }
    return given;
  } finally {
    lines.close();
  }
}
