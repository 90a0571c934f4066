import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION_GROUPS, ACTIONS, isOneObject } from '#app/components/audit/action-names.ts';
import { isNarrowed, nextId, pathOf, readQuery } from '#app/components/audit/audit-query.ts';
import { LOCALES } from '#app/i18n/locales.ts';
import { localPath } from '#app/local-path.ts';

const read = (text: string) => readQuery(new URLSearchParams(text));

describe('what an address asks the log for', () => {
  it('leaves out what is empty or unknown', () => {
    expect(read('action=&actor=%20&outcome=maybe&room=r1&order=asc')).toEqual({ room: 'r1' });
  });

  it('comes back from its own path', () => {
    const query = { action: 'participant', actor: 'Ésme & co', outcome: 'refused' } as const;
    expect(read(pathOf(query).slice('/log?'.length))).toEqual(query);
    expect(pathOf({})).toBe('/log');
  });

  it('is no narrower for being a later page', () => {
    expect(isNarrowed({ before: 'x' })).toBe(false);
    expect(isNarrowed({ before: 'x', outcome: 'refused' })).toBe(true);
  });
});

describe('the id above', () => {
  it('carries over digits and keeps the form', () => {
    expect(nextId('0197c0de-0000-7000-8000-0000000000ff')).toBe(
      '0197c0de-0000-7000-8000-000000000100',
    );
    expect(nextId('ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe(
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
    );
  });

  it('is above in the order of text, which is the database’s', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(nextId(id) > id || id.startsWith('ffffffff-ffff')).toBe(true);
        expect(nextId(id)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      }),
    );
  });
});

it.each(LOCALES)('%s has words for every action and group', async (locale) => {
  const { strings } = await import(`../../app/i18n/${locale}/log.ts`);
  const wanted = ACTION_GROUPS.flatMap((group) => [
    `about.${group}`,
    ...(isOneObject(group) ? [`all.${group}`] : []),
    ...ACTIONS[group].map((name) => `action.${name}`),
  ]);
  expect(wanted.filter((key) => !(key in strings))).toEqual([]);
});

describe('a redirect', () => {
  it.each(['/rooms', '/log?action=room#x'])('follows %s', (path) => {
    expect(localPath(path)).toBe(path);
  });

  it.each(['//host', '/\\host', 'https://host', 'rooms', '', null, undefined, 7])(
    'does not follow %s',
    (path) => expect(localPath(path)).toBe('/'),
  );
});
