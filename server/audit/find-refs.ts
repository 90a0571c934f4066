import type { Sql } from '#db/client.ts';

const REFERENCE = /^[!-~]{1,200}$/;
/** With its kind it means nobody else. */
const WHOLE_REFERENCE = /^[a-z_]+:[!-~]{1,150}$/;
/** Beginnings as short as this fit so many names that none is meant. */
const SHORT = /^[!-~]{1,2}$/;

/**
 * References that a text may mean: itself; a member by id; members by the beginnings of words in
 * their name or handle, up to 50; operators by a part of their name; a room by id.
 * @param text what people typed; any characters
 */
export async function findRefs(sql: Sql, text: string): Promise<string[]> {
  const asked = text.trim().slice(0, 200);
  // No text of a database holds NUL, so nothing matches it.
  if (asked === '' || asked.includes('\0')) return [];
  if (WHOLE_REFERENCE.test(asked)) return [asked];
  const like = `%${asked.replace(/[\\%_]/g, '\\$&')}%`;
  const [[split], operators] = await Promise.all([
    sql<{ words: string[] }[]>`select audit.words_of(${asked}) as words`,
    sql<{ ref: string }[]>`
      select 'operator:' || id as ref from operator where name ilike ${like} limit 50`,
  ]);
  // Words hold no quotes and no backslashes: these part words.
  const terms = (split?.words ?? []).map((word) => `'${word}'${SHORT.test(word) ? '' : ':*'}`);
  // The limit is written out: with any limit, Postgres believes, looking at every name soon ends.
  const members = await sql<{ ref: string }[]>`
    (select 'member:' || ref as ref from member where id = ${asked})
    union
    (select 'member:' || ref from member
      where array_to_tsvector(audit.words_of(handle || ' ' || name)) @@ ${terms.join(' & ')}::tsquery
      limit 50)`;
  const exact = REFERENCE.test(asked) ? [asked, `room:${asked}`] : [];
  return [
    ...new Set([...exact, ...operators.map(({ ref }) => ref), ...members.map((row) => row.ref)]),
  ];
}
