import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../verifier/verify_log.py');

/** Whether this machine has Python 3; says in one line when tests go without. */
export function hasPython(): boolean {
  const found = spawnSync('python3', ['--version']).status === 0;
  if (!found) console.info('python3 is not on PATH: the foreign verifier is not tried.');
  return found;
}

/** By exit code. */
const VERDICTS = ['sound', 'tampered', 'incomplete', 'unreadable'] as const;

export interface Answer {
  verdict: (typeof VERDICTS)[number];
  /** What was checked and found, line by line. */
  said: string;
}

/** Has published files or a bundle checked by the verifier in Python. Rejects when it crashes. */
export function verifyInPython(...args: string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = execFile('python3', ['-B', program, ...args], (_, said, complaint) => {
      const verdict = VERDICTS[child.exitCode ?? -1];
      // An exception of Python's ends it with 1 too, which is no verdict.
      if (complaint !== '' || verdict === undefined) reject(new Error(`${said}\n${complaint}`));
      else resolve({ verdict, said });
    });
  });
}
