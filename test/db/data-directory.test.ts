import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { databaseAccount } from '#db/embedded/account.ts';
import {
  dataDirectory,
  makeDataDirectory,
  systemDirectory,
  userDirectory,
} from '#db/embedded/data-directory.ts';

const account = databaseAccount();
let folder: string;

beforeEach(() => {
  vi.stubEnv('ROSTRUM_DATA_DIR', undefined);
  folder = mkdtempSync(join(tmpdir(), 'rostrum-place-'));
  chmodSync(folder, 0o755);
});

afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

test('data lies in the checkout, wherever the process was started', () => {
  const before = process.cwd();
  const fromHere = dataDirectory(account);
  process.chdir(folder);
  try {
    expect(dataDirectory(account)).toBe(fromHere);
    expect(dataDirectory(account, folder)).toBe(join(folder, '.data'));
  } finally {
    process.chdir(before);
  }
});

test('two checkouts out of reach have two directories, each always the same', () => {
  const [one, two] = ['one', 'two'].map((name) => join(folder, name, 'rostrum')) as [
    string,
    string,
  ];
  mkdirSync(one, { recursive: true });
  mkdirSync(two, { recursive: true });
  // As root the database's account must not get in; otherwise the caller must not write.
  if (account) chmodSync(folder, 0o700);
  else for (const place of [one, two]) chmodSync(place, 0o555);
  const base = account ? systemDirectory : userDirectory();
  expect(dataDirectory(account, one)).toMatch(base);
  expect(dataDirectory(account, one)).toBe(dataDirectory(account, one));
  expect(dataDirectory(account, one)).not.toBe(dataDirectory(account, two));
});

test('ROSTRUM_DATA_DIR decides, and must be absolute', () => {
  vi.stubEnv('ROSTRUM_DATA_DIR', '/srv/rostrum');
  expect(dataDirectory(account, folder)).toBe('/srv/rostrum');
  vi.stubEnv('ROSTRUM_DATA_DIR', 'data');
  expect(() => dataDirectory(account, folder)).toThrow(/absolute/);
});

test.runIf(process.platform !== 'win32')('a strict umask changes nothing', () => {
  const before = process.umask(0o077);
  try {
    const place = join(folder, 'deep', 'deeper');
    makeDataDirectory(place, account);
    const mode = account ? 0o711 : 0o700;
    expect(statSync(place).mode & 0o777).toBe(mode);
  } finally {
    process.umask(before);
  }
});
