import type { PendingQuery, Row } from 'postgres';
import type { Transaction } from '#db/client.ts';

type Fragment = PendingQuery<Row[]>;
type Cell = string | number | boolean | null;

/** The SQL type of each column. */
export type Columns<Record> = { readonly [Column in keyof Record]: string };

/**
 * Makes a reader of rows that a statement can select from, as `x(column, …)`. One row goes as
 * scalars, which is what most commands write and costs Postgres half; more go as one array per
 * column, which costs less to read than JSON.
 * @param columns in the order of the source's columns
 */
export function rowSource<Record extends { [Column in keyof Record]: Cell }>(
  columns: Columns<Record>,
): (tx: Transaction, rows: readonly Record[]) => Fragment {
  const names = Object.keys(columns) as (keyof Record & string)[];
  const types = names.map((name) => columns[name]);
  const alias = `as x(${names.map((name) => `"${name}"`).join(', ')})`;
  const one = templateOf('(values (', types, '', `)) ${alias}`);
  const many = templateOf('unnest(', types, '[]', `) ${alias}`);
  return (tx, rows) => {
    const [row] = rows;
    if (row !== undefined && rows.length === 1) return tx(one, ...names.map((name) => row[name]));
    return tx(many, ...names.map((name) => arrayOf(rows, name)));
  };
}

/** A column as the text of an array: the client would escape every element, needed or not. */
function arrayOf<Record>(rows: readonly Record[], name: keyof Record): string {
  let text = '{';
  for (const row of rows) {
    const cell = row[name] as Cell;
    if (text.length > 1) text += ',';
    text += typeof cell === 'string' ? elementOf(cell) : cell;
  }
  return `${text}}`;
}

const PLAIN = /^[\w.:+-]+$/;

function elementOf(text: string): string {
  if (PLAIN.test(text) && text.toLowerCase() !== 'null') return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** The strings of a template literal with a cast parameter per type. */
function templateOf(before: string, types: readonly string[], suffix: string, after: string) {
  const casts = types.map((type) => `::${type}${suffix}`);
  const last = casts.length - 1;
  const strings = casts.map((cast, i) => (i === last ? `${cast}${after}` : `${cast}, `));
  const parts = [before, ...strings];
  return Object.assign(parts, { raw: parts }) as TemplateStringsArray;
}
