import type { Environment } from '#server/config.ts';
import { type Answers, askSecrets } from './ask-secrets.ts';

/** What the command line has of its process, or of whoever calls it. */
export interface Terminal {
  env: Environment;
  out: { write(text: string): unknown };
  err: { write(text: string): unknown; isTTY?: boolean };
  /** Where what is asked for is answered. */
  answers: Answers;
}

/** One run of one command. */
export interface Run {
  env: Environment;
  /** What the process is to end with; 0 until a command says otherwise. */
  exitCode: number;
  /** A line of what was asked for, which a script may read. */
  print(line: string): void;
  /** A line beside it, for people. */
  remark(line: string): void;
  /** Asks for secrets; a line each. */
  ask(prompts: readonly string[]): Promise<string[]>;
  /** Draws on the last line of a terminal; null where nobody looks. */
  draw: ((text: string) => void) | null;
}

/** A run that has not failed yet. */
export function startRun(terminal: Terminal): Run {
  const { env, out, err } = terminal;
  return {
    env,
    exitCode: 0,
    print: (line) => void out.write(`${line}\n`),
    remark: (line) => void err.write(`${line}\n`),
    ask: (prompts) => askSecrets(terminal.answers, err, prompts),
    draw: err.isTTY === true ? (text) => void err.write(text) : null,
  };
}
