import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { METHODS } from '#server/auth/derive-key.ts';
import { openHashingProcess } from '#server/auth/hashing-process.ts';
import { openPasswordHasher } from '#server/auth/password-hash.ts';
import { signInByPassword } from '#server/auth/sign-in-by-password.ts';
import { accountsOf, visitor } from '#test/support/accounts.ts';
import { hashersOf } from '#test/support/hashing-processes.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { startProgram } from '#test/support/run-process.ts';

const base = useDatabase();
const PASSWORD = 'nine purple otters waltz';
const METHOD = [...METHODS.keys()][0] as string;
const isLinux = process.platform === 'linux';

/** Ends what other tests of this file have started. */
async function endHashers(): Promise<void> {
  for (const pid of hashersOf(process.pid)) process.kill(pid, 'SIGKILL');
  await expect.poll(() => hashersOf(process.pid)).toEqual([]);
}

describe('a password hash', () => {
  it.each([...METHODS.keys()])('by %s is known again, and nothing else is', async (method) => {
    const salt = Buffer.alloc(16, 7);
    const key = (await openHashingProcess().derive(method, PASSWORD, salt)) ?? salt;
    const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
    const stored = `$${method}$${text(salt)}$${text(key)}`;
    const hasher = openPasswordHasher({ lanes: 2 });
    expect(await hasher.verify(PASSWORD, stored)).toBe(true);
    expect(await hasher.verify(`${PASSWORD} `, stored)).toBe(false);
    expect(await hasher.verify(PASSWORD, null)).toBe(false);
  });

  it('is another each time', async () => {
    const hasher = openPasswordHasher({ lanes: 2 });
    const [one, two] = await Promise.all([hasher.hash(PASSWORD), hasher.hash(PASSWORD)]);
    expect(one).not.toBe(two);
    expect(await hasher.verify(PASSWORD, two)).toBe(true);
  });
});

describe.runIf(isLinux)('the hashing process', () => {
  beforeEach(endHashers);

  it('is started by the first hash, gives way to everything, and is given no secret but those', async () => {
    const hasher = openPasswordHasher({ lanes: 1 });
    expect(hashersOf(process.pid)).toEqual([]);
    await hasher.hash(PASSWORD);
    const [pid = 0] = hashersOf(process.pid);
    const nice = Math.max(10, getPriority());
    expect(getPriority(pid)).toBe(nice);
    // The threads that hash, too: only those that Node has started before are as all others.
    const threads = readdirSync(`/proc/${pid}/task`).map((id) => getPriority(Number(id)));
    expect(threads.filter((own) => own === nice).length).toBeGreaterThan(1);
    for (const file of ['environ', 'cmdline']) {
      const told = readFileSync(`/proc/${pid}/${file}`, 'utf8');
      expect(told).not.toContain(PASSWORD);
      expect(told).not.toContain('PATH=');
    }
  });

  it('leaves the main thread alone', async () => {
    const hasher = openPasswordHasher({ lanes: 2 });
    await hasher.hash(PASSWORD);
    const before = process.cpuUsage();
    await Promise.all(Array.from({ length: 12 }, () => hasher.hash(PASSWORD)));
    const { user, system } = process.cpuUsage(before);
    const [pid] = hashersOf(process.pid);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const theirs = (Number(ticks[11]) + Number(ticks[12])) * 10_000;
    expect(user + system).toBeLessThan(theirs / 2);
  });

  it('that is lost during a hash is started again, and the hash comes', async () => {
    const lost = vi.fn();
    const hashing = openHashingProcess({ lost });
    const wanted = await hashing.derive(METHOD, PASSWORD, Buffer.alloc(16));
    const [first = 0] = hashersOf(process.pid);
    const again = hashing.derive(METHOD, PASSWORD, Buffer.alloc(16));
    process.kill(first, 'SIGKILL');
    expect(await again).toEqual(wanted);
    expect(hashersOf(process.pid)).not.toContain(first);
    expect(lost.mock.calls).toEqual([['ended', 1]]);
  });

  it('that cannot live fails its hashes instead of being started for ever', async () => {
    const hashing = openHashingProcess({ script: '/dev/null' });
    const lost = hashing.derive('any', PASSWORD, Buffer.alloc(16));
    await expect(lost).rejects.toThrow('The hashing process ended');
  });

  it('that was stopped is ended and started again, and the hash comes', async () => {
    const lost = vi.fn();
    const hashing = openHashingProcess({ answerMs: 2_000, lost });
    const wanted = await hashing.derive(METHOD, PASSWORD, Buffer.alloc(16));
    const [first = 0] = hashersOf(process.pid);
    process.kill(first, 'SIGSTOP');
    const again = [7, 8].map(() => hashing.derive(METHOD, PASSWORD, Buffer.alloc(16)));
    expect(await Promise.all(again)).toEqual([wanted, wanted]);
    await expect.poll(() => hashersOf(process.pid)).not.toContain(first);
    expect(lost.mock.calls).toEqual([['silent', 2]]);
  });

  it('that never answers keeps nobody waiting for ever', async () => {
    const script = fileURLToPath(new URL('../support/never-hash.ts', import.meta.url));
    const silent = openHashingProcess({ script, answerMs: 150 });
    const hasher = openPasswordHasher({ lanes: 1, waiting: 2, process: silent, patienceMs: 250 });
    const asked = [1, 2, 3, 4].map(() => hasher.verify(PASSWORD, null));
    asked.push(hasher.hash(PASSWORD).then((hash) => hash !== null));
    expect(await Promise.all(asked)).toEqual([null, null, null, null, false]);
    const accounts = { ...accountsOf(base), hasher };
    const given = { name: 'Nobody', password: PASSWORD };
    expect(await signInByPassword(accounts, visitor(), given)).toEqual({
      ok: false,
      reason: 'busy',
    });
  });

  it('does not keep a program from ending', async () => {
    const program = startProgram('test/support/hash-once.ts', [], {});
    const [code] = await once(program, 'exit');
    expect(code).toBe(0);
  });

  it('ends with the one that started it, even by kill -9', async () => {
    const program = startProgram('test/support/hash-once.ts', ['wait'], {});
    await once(program.stdout as NodeJS.ReadableStream, 'data');
    const [pid = 0] = hashersOf(program.pid);
    expect(pid).toBeGreaterThan(0);
    program.kill('SIGKILL');
    await expect
      .poll(() => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('hash-passwords');
        } catch {
          return false;
        }
      })
      .toBe(false);
  });
});
