import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAuditList } from '#server/audit/read-list.ts';
import { sequencerOptions } from '#test/support/log-tree.ts';
import { fillLog } from '#test/support/many-events.ts';
import { useDatabase } from '#test/support/postgres.ts';

const base = useDatabase();
let owner: postgres.Sql;
beforeAll(() => {
  owner = postgres(base.ownerUrl, { max: 1, onnotice: () => {} });
});
afterAll(() => owner.end());

const wordsOf = async (text: string) => {
  const rows = await base.db.sql<{ words: string[] }[]>`select audit.words_of(${text}) as words`;
  return rows.flatMap(({ words }) => words).sort();
};

describe('the words of a text', () => {
  it.each([
    ['Shouted, at “others”: again—and AGAIN!', ['again', 'and', 'at', 'others', 'shouted']],
    ['多次打断', ['多', '多次', '打', '打断', '断', '次', '次打']],
    ['Room很吵1', ['1', 'room', '吵', '很', '很吵']],
    ['كۆپ، قېتىم؟', ['كۆپ', 'قېتىم'].sort()],
    ['ＦＵＬＬ ﬁne café', ['café', 'fine', 'full']],
    ["it's C:\\x 'quoted' 👍", ['c', 'it', 'quoted', 's', 'x']],
    [' \n\t.,;', []],
    ['', []],
    ['x'.repeat(100), ['x'.repeat(64)]],
  ])('%j', async (text, words) => {
    expect(await wordsOf(text)).toEqual(words);
  });
});

describe('a search of a long log', () => {
  it('ends early rather than late, says how far it looked, and goes on there', async () => {
    await fillLog(base.ownerUrl, sequencerOptions(base), 20_000, { members: 50, rooms: 20 });
    // Many of each, and both only long ago.
    await owner`
      update audit.listing set
        room_ref = case when leaf_index % 4 = 0 or leaf_index between 20 and 99 then 'far' end,
        case_ref = case when leaf_index % 4 = 1 or leaf_index between 20 and 99 then 'far' end`;
    const query = { room: 'far', case: 'far' };
    const wanted = await owner`
      select event_id from audit.listing where leaf_index between 20 and 99 order by 1 desc`;

    const first = await readAuditList(base.db, query);
    expect(first.rows).toEqual([]);
    const [edge] = await owner`
      select recorded_at, (select count(*)::int from audit.listing l
        where l.event_id >= e.event_id and l.room_ref = 'far') as looked_at
      from audit.event e where event_id = ${first.next}`;
    expect(edge?.looked_at).toBeGreaterThanOrEqual(2_500);
    expect(first.lookedBackTo).toBe(edge?.recorded_at.toISOString());

    const seen: string[] = [];
    let pages = 0;
    for (let page = first; page.next !== null; pages++) {
      page = await readAuditList(base.db, { ...query, before: page.next });
      seen.push(...page.rows.map(({ id }) => id));
    }
    expect(seen).toEqual(wanted.map((row) => row.event_id));
    expect(pages).toBe(3);
  }, 120_000);
});
