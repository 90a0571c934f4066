import { describe, expect, it } from 'vitest';
import { ACTION_GROUPS, ACTIONS, isOneObject } from '#app/components/audit/action-names.ts';
import { isNarrowed, pathOf, readAddress, readQuery } from '#app/components/audit/audit-query.ts';
import { KNOWN } from '#app/components/audit/field-names.ts';
import { fromLocalField, toLocalField } from '#app/components/audit/local-time.ts';
import { READ_PURPOSES, READ_REFUSALS } from '#app/domain/audit/view.ts';
import { LOCALES } from '#app/i18n/locales.ts';
import { ALARM_KINDS } from '#app/live/log-check/kept.ts';
import { localPath } from '#app/local-path.ts';

const read = (text: string) => readQuery(new URLSearchParams(text));

describe('what an address asks the log for', () => {
  it('leaves out what is empty or unknown', () => {
    expect(read('action=&actor=%20&outcome=maybe&room=r1&order=asc')).toEqual({ room: 'r1' });
  });

  it('comes back from its own path', () => {
    const query = { action: 'participant', actor: 'Ésme & co', outcome: 'refused' } as const;
    expect(read(pathOf(query).slice('/log?'.length))).toEqual(query);
    const kin = { reverses: '01777c7c-e895-7000-8000-000000000001' };
    expect(read(pathOf(kin).slice('/log?'.length))).toEqual(kin);
    expect(pathOf({})).toBe('/log');
  });

  it('takes times as they are, in UTC', () => {
    expect(read('from=2021-02-07&to=2021-02-08T09:30')).toEqual({
      from: '2021-02-07T00:00:00.000Z',
      to: '2021-02-08T09:30:00.000Z',
    });
    expect(read('from=yesterday&to=2021-02-30T99:00Z')).toEqual({});
  });

  it('keeps the columns beside what it asks for', () => {
    const address = { room: 'tea', hide: '' };
    expect(readAddress(new URLSearchParams(pathOf(address).slice('/log?'.length)))).toEqual(
      address,
    );
    expect(isNarrowed({ hide: 'room' })).toBe(false);
  });

  it('is no narrower for being a later page', () => {
    expect(isNarrowed({ before: 'x' })).toBe(false);
    expect(isNarrowed({ after: 'x' })).toBe(false);
    expect(isNarrowed({ before: 'x', outcome: 'refused' })).toBe(true);
  });
});

describe('a time of day in a field', () => {
  it('is that of the reader', () => {
    expect(toLocalField('2021-02-07T23:30:00.000Z', 'Asia/Urumqi')).toBe('2021-02-08T05:30');
    expect(toLocalField(undefined, 'UTC')).toBe('');
    expect(fromLocalField('')).toBeNull();
    const local = fromLocalField('2021-02-08T05:30') ?? '';
    expect(toLocalField(local, Intl.DateTimeFormat().resolvedOptions().timeZone)).toBe(
      '2021-02-08T05:30',
    );
  });
});

it.each(LOCALES)('%s has words for every purpose, refusal, alarm and field', async (locale) => {
  const { strings } = await import(`../../app/i18n/${locale}/log.ts`);
  const wanted = [
    ...READ_PURPOSES.map((name) => `purpose.${name}`),
    ...READ_REFUSALS.map((name) => `refusal.${name}`),
    ...ALARM_KINDS.map((name) => `alarm.${name}`),
    ...[...KNOWN.field].map((name) => `field.${name}`),
    ...[...KNOWN.key].map((name) => `key.${name}`),
  ];
  expect(wanted.filter((key) => !(key in strings))).toEqual([]);
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
