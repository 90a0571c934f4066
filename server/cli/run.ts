import type { Environment } from '#server/config.ts';

/** What the command line has of its process, or of whoever calls it. */
export interface Terminal {
  env: Environment;
  out: { write(text: string): unknown };
  err: { write(text: string): unknown; isTTY?: boolean };
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
  /** Draws on the last line of a terminal; null where nobody looks. */
  draw: ((text: string) => void) | null;
}

export function startRun({ env, out, err }: Terminal): Run {
  return {
    env,
    exitCode: 0,
    print: (line) => void out.write(`${line}\n`),
    remark: (line) => void err.write(`${line}\n`),
    draw: err.isTTY === true ? (text) => void err.write(text) : null,
  };
}
