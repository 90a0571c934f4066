import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { asOwner } from '#test/support/as-owner.ts';
import { ensureBuilt } from '#test/support/built-pages.ts';
import { cloneDatabase, useDatabase } from '#test/support/postgres.ts';
import { callAt, ENVIRONMENT, event, joined, opened } from '#test/support/rostrum.ts';
import { runProgram, startProgram } from '#test/support/run-process.ts';

const base = useDatabase();
beforeAll(ensureBuilt, 120_000);

interface Started {
  child: ChildProcess;
  url: string;
  lines: Record<string, unknown>[];
  ended: Promise<number | null>;
}

async function start(more: Record<string, string> = {}): Promise<Started> {
  const child = startProgram('server/index.ts', [], {
    ...ENVIRONMENT,
    LOG_LEVEL: 'info',
    DATABASE_URL: base.appUrl,
    ...more,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const lines: Record<string, unknown>[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      const whole = text.split('\n');
      text = whole.pop() ?? '';
      for (const line of whole) {
        const entry = JSON.parse(line);
        lines.push(entry);
        if (entry.msg === 'listening') resolve(entry.url);
      }
    });
    child.stderr?.on('data', (chunk) => reject(new Error(String(chunk))));
    void ended.then((code) => reject(new Error(`It ended with ${code}`)));
  });
  return { child, url, lines, ended };
}

describe('the process', () => {
  it('stops under load within ten seconds, and everything acknowledged is there', async () => {
    const { child, url, lines, ended } = await start();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const call = callAt(`${url}/api/v1`);
    await call('/rooms/load/events', { body: [opened()] });
    const acknowledged: string[] = [];
    let stopping = false;
    async function load(lane: number): Promise<void> {
      for (let i = 0; !stopping || i < 1; i++) {
        const members = Array.from({ length: 50 }, (_, n) => `m-${lane}-${i}-${n}`);
        const body = members.map((member) => joined(member));
        const answer = await call('/rooms/load/events', { body }).catch(() => null);
        if (answer === null || answer.status !== 200) return;
        for (const [index, { ok }] of answer.body.results.entries()) {
          if (ok) acknowledged.push(members[index] as string);
        }
      }
    }
    const idle = connect(Number(new URL(url).port), '127.0.0.1');
    const loads = [0, 1, 2, 3].map(load);
    while (acknowledged.length < 500) await sleep(10);
    const began = Date.now();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    stopping = true;
    await Promise.all(loads);
    idle.destroy();

    const rows = await base.db.sql`
      select member_id from participant where room_id = 'load' and presence = 'present'`;
    const present = new Set(rows.map((row) => row.member_id));
    expect(acknowledged.filter((member) => !present.has(member))).toEqual([]);
    const [events] = await base.db.sql`
      select count(*) = max(seq) as gapless from room_event where room_id = 'load'`;
    expect(events?.gapless).toBe(true);
    expect(lines.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['listening', 'stopping', 'stopped']),
    );
    const log = JSON.stringify(lines);
    expect(log).not.toMatch(/m-0-0|Evening talk/);
    expect(lines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('ends at once on a second signal', async () => {
    const { child, url, ended } = await start();
    // A call that never ends its body keeps an orderly stop waiting.
    const hanging = connect(Number(new URL(url).port), '127.0.0.1');
    hanging.on('error', () => {});
    hanging.write(
      `POST /api/v1/rooms/x/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer ${'a'.repeat(40)}\r\nContent-Length: 100\r\n\r\n[`,
    );
    await sleep(200);
    child.kill('SIGTERM');
    await sleep(200);
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    expect(await ended).toBe(130);
    hanging.destroy();
  });

  it('does not start on an unsafe configuration, and says all of it', async () => {
    const ended = await runProgram('server/index.ts', [], { PORT: 'x', PLATFORM_KEYS: 'a:b:c' });
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.complaint).toContain('PORT must be a whole number');
  });

  it('does not start on a port that is taken, and says so', async () => {
    const { url } = await start();
    const { port } = new URL(url);
    const second = await runProgram('server/index.ts', [], {
      ...ENVIRONMENT,
      DATABASE_URL: base.appUrl,
      PORT: port,
    });
    expect(second.code).toBe(1);
    expect(second.complaint).toBe(`Rostrum can't start: port ${port} is taken. Set PORT.\n`);
  });

  it('does not start on a database that cannot be reached or is not up to date', async () => {
    const nowhere = await runProgram('server/index.ts', [], {
      ...ENVIRONMENT,
      DATABASE_URL: 'postgres://u:p@127.0.0.1:1/none',
    });
    expect(nowhere).toMatchObject({ code: 1, out: '' });
    expect(nowhere.complaint).toContain('ECONNREFUSED');
    const old = await cloneDatabase();
    onTestFinished(() => old.drop());
    await asOwner(old, (sql) => sql`delete from migration.plain_file where name like '0002%'`);
    const behind = await runProgram('server/index.ts', [], {
      ...ENVIRONMENT,
      DATABASE_URL: old.appUrl,
    });
    expect(behind).toMatchObject({ code: 1, out: '' });
    expect(behind.complaint).toContain('npm run migrate');
  });

  it('takes events again after it was stopped and started', async () => {
    const first = await start();
    const body = [opened(), joined('ada'), event('hand_raised', { member: 'ada' })];
    await callAt(`${first.url}/api/v1`)('/rooms/twice/events', { body });
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    const second = await start();
    const again = await callAt(`${second.url}/api/v1`)('/rooms/twice/events', { body });
    expect(again.body.results.map(({ repeated }: { repeated?: true }) => repeated)).toEqual([
      true,
      true,
      true,
    ]);
  });
});
