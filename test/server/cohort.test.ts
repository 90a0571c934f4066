import { describe, expect, it } from 'vitest';
import { openCohorts } from '#server/incidents/cohort.ts';
import { networkOf } from '#server/incidents/network.ts';
import { ingest } from '#server/rooms/ingest.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { joining, openRoomWith } from '#test/support/rooms.ts';

const base = useDatabase();
const DAY = 86_400_000;
const noon = Date.parse('2031-03-05T12:00:00Z');

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['::ffff:203.0.113.9', '203.0.113.0/24'],
    ['::ffff:cb00:7109', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:0DB8:0001::9', '2001:db8:1::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['::1', '0:0:0::/48'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0::/48'],
    ['AS64500', 'name AS64500'],
    ['999.1.1.1', 'name 999.1.1.1'],
  ])('%s is in %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('cohorts', () => {
  it('are the same for neighbours and different for others, in every process', async () => {
    const [one, two] = [openCohorts(base.db), openCohorts(base.db)];
    const [a, b, c] = await Promise.all([
      one.of('203.0.113.7', noon),
      two.of('203.0.113.200', noon),
      two.of('198.51.100.7', noon),
    ]);
    expect(a.today).toMatch(/^[0-9a-f]{16}$/);
    expect(b.today).toBe(a.today);
    expect(c.today).not.toBe(a.today);
    const keys = await base.db.sql`select day from cohort_key where day = '2031-03-05'`;
    expect(keys).toHaveLength(1);
  });

  it('change their names at midnight and can be followed across one only', async () => {
    const cohorts = openCohorts(base.db);
    const before = await cohorts.of('203.0.113.7', noon);
    const after = await openCohorts(base.db).of('203.0.113.7', noon + DAY);
    expect(after.today).not.toBe(before.today);
    expect(after.yesterday).toBe(before.today);
    await cohorts.forget(noon + 2 * DAY);
    const later = await openCohorts(base.db).of('203.0.113.7', noon + DAY);
    expect(later.yesterday).toBeNull();
    expect(later.today).toBe(after.today);
  });

  it('cannot be computed without the key, and keep no address', async () => {
    const cohorts = openCohorts(base.db);
    const { today } = await cohorts.of('192.0.2.55', noon + 9 * DAY);
    await cohorts.forget(noon + 19 * DAY);
    const again = await openCohorts(base.db).of('192.0.2.55', noon + 9 * DAY);
    expect(again.today).not.toBe(today);
    const rows = await base.db.sql`select * from cohort_key`;
    expect(JSON.stringify(rows)).not.toContain('192.0.2');
  });
});

describe('a return', () => {
  it.each([
    ['c1', undefined, 'same_network'],
    ['c2', undefined, 'other_network'],
    ['c2', 'c1', 'same_network'],
    ['c2', 'c3', 'other_network'],
  ])('through %s (yesterday %s) is by %s', async (cohort, cohortYesterday, expected) => {
    const room = await openRoomWith(base.db, { ann: 'host' });
    await ingest(base.db, room, [joining('bob', 'listener', 'c1')]);
    const drop = { kind: 'leave', goodbye: false } as const;
    await ingest(base.db, room, [{ member: 'bob', actor: 'platform:test', what: drop }]);
    const back = { kind: 'join', role: 'listener', via: 'socket', cohort } as const;
    const what = cohortYesterday === undefined ? back : { ...back, cohortYesterday };
    const { change } = await ingest(base.db, room, [
      { member: 'bob', actor: 'platform:test', what },
    ]);
    expect(change?.events[0]?.body).toMatchObject({ returned: expected });
  });
});
