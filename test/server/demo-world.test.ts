import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { admissionRequest, platformEvent } from '#server/api/schemas.ts';
import { keepWorld } from '#server/demo/keep-world.ts';
import { inventPeople } from '#server/demo/people.ts';
import { planWorld } from '#server/demo/world.ts';

const NOW = Date.UTC(2026, 0, 1);

test('the same seed gives the same world; another seed another one', () => {
  expect(planWorld(7, 300, NOW)).toEqual(planWorld(7, 300, NOW));
  expect(planWorld(8, 300, NOW)).not.toEqual(planWorld(7, 300, NOW));
});

test('the invite tree: inviters first and older, two invites each, eight generations', () => {
  const { members } = inventPeople(1, 6_500, 0, NOW);
  const seen = new Map<string, (typeof members)[number]>();
  const invited = new Map<string, number>();
  for (const person of members) {
    expect(seen.has(person.id)).toBe(false);
    expect(Date.parse(person.memberSince)).toBeLessThan(NOW);
    if (person.inviter !== null) {
      const inviter = seen.get(person.inviter);
      expect(inviter?.depth).toBe(person.depth - 1);
      expect(person.memberSince >= (inviter?.memberSince ?? '~')).toBe(true);
      invited.set(person.inviter, (invited.get(person.inviter) ?? 0) + 1);
    }
    seen.set(person.id, person);
  }
  expect(Math.max(...members.map(({ depth }) => depth))).toBe(8);
  expect(Math.max(...invited.values())).toBe(2);
  expect(new Set(members.map(({ handle }) => handle)).size).toBe(members.length);
});

test('names in Han of both kinds, Uyghur in Arabic script, and Latin', () => {
  const { members } = inventPeople(1, 2_000, 0, NOW);
  const namesIn = (locale: string) =>
    members.filter((one) => one.locale === locale).map(({ name }) => name);
  for (const locale of ['zh-Hans', 'zh-Hant']) {
    expect(namesIn(locale).length).toBeGreaterThan(200);
    for (const name of namesIn(locale)) expect(name).toMatch(/^\p{Script=Han}{3}$/u);
  }
  expect(namesIn('ug').length).toBeGreaterThan(200);
  for (const name of namesIn('ug'))
    expect(name).toMatch(/^\p{Script=Arabic}+ \p{Script=Arabic}+$/u);
  for (const name of [...namesIn('en'), ...namesIn('tr')]) {
    expect(name).toMatch(/^\p{Script=Latin}+ \p{Script=Latin}+$/u);
  }
});

test('the rooms: one of the asked size, one open for 170 hours with a shift, a raid of one branch', () => {
  const rooms = planWorld(1, 5_000, NOW);
  expect(Math.max(...rooms.map(({ cast }) => cast.length))).toBe(5_000);
  const long = rooms.find(({ shiftHours }) => shiftHours !== null);
  expect(NOW - (long?.openedAt ?? NOW)).toBe(170 * 3_600_000);

  const raid = rooms.find(({ plot }) => plot === 'raid');
  const raiders = new Map(raid?.raiders.map(({ person }) => [person.id, person]));
  const roots = new Set<string>();
  for (const { inviter } of raiders.values()) {
    if (inviter !== null && !raiders.has(inviter)) roots.add(inviter);
  }
  expect([raiders.size, roots.size]).toEqual([150, 1]);

  const outage = rooms.find(({ plot }) => plot === 'outage');
  const networks = Map.groupBy(outage?.cast ?? [], ({ network }) => network);
  expect(Math.max(...[...networks.values()].map(({ length }) => length))).toBeGreaterThan(300);

  const people = rooms.flatMap(({ cast }) => cast.map(({ person }) => person.id));
  expect(new Set(people).size).toBe(people.length);
});

test('everything the demo sends is what the API takes', () => {
  for (const { title, language, shiftHours, openedAt, cast } of planWorld(1, 200, NOW)) {
    const event = {
      type: 'room_opened',
      id: 'a',
      title,
      language,
      openedAt: new Date(openedAt).toISOString(),
      ...(shiftHours !== null && { shiftHours }),
    };
    expect(platformEvent.safeParse(event).error).toBeUndefined();
    for (const { person, role } of cast) {
      const { id: member, depth: _, ...profile } = person;
      expect(admissionRequest.safeParse({ member, role, profile }).error).toBeUndefined();
    }
  }
});

test('a second start keeps size, beginning and secrets of the first', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rostrum-world-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const first = keepWorld(folder, 500);
  expect(keepWorld(folder, 5_000)).toEqual(first);
});
