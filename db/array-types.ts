import type postgres from 'postgres';

/** OIDs of elements and of their arrays; built into PostgreSQL, the same in every database. */
const ARRAYS = {
  bool: [16, 1000],
  bytea: [17, 1001],
  name: [19, 1003],
  int8: [20, 1016],
  int2: [21, 1005],
  int4: [23, 1007],
  text: [25, 1009],
  json: [114, 199],
  float8: [701, 1022],
  varchar: [1043, 1015],
  date: [1082, 1182],
  timestamptz: [1184, 1185],
  numeric: [1700, 1231],
  uuid: [2950, 2951],
  jsonb: [3802, 3807],
} as const;

interface Client {
  options: Pick<postgres.Sql['options'], 'parsers' | 'serializers'>;
}

/**
 * Has a client read and write arrays of one dimension of these types. Left to itself, it asks the
 * database for all array types on each new connection, and ends the process when that one is cut
 * meanwhile: nobody hears of the question's rejection. To be called before the client connects,
 * with `fetch_types` off.
 */
export function knowArrays({ options }: Client): void {
  const { parsers, serializers } = options;
  for (const [element, array] of Object.values(ARRAYS)) {
    parsers[array] = (text: string) => parseArray(text, parsers[element] ?? ((cell) => cell));
    serializers[array] = (value: unknown) => {
      const cellOf = serializers[element] ?? String;
      return Array.isArray(value) ? `{${value.map((cell) => elementOf(cell, cellOf))}}` : value;
    };
  }
}

const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^",{}]+)/gsu;

function parseArray(text: string, parse: (cell: string) => unknown): unknown[] {
  if (text.startsWith('{{')) throw new RangeError('An array of more than one dimension');
  return Array.from(text.matchAll(ELEMENT), ([, quoted, bare]) => {
    if (quoted !== undefined) return parse(quoted.replace(/\\(.)/gsu, '$1'));
    return bare === 'NULL' ? null : parse(bare ?? '');
  });
}

function elementOf(cell: unknown, cellOf: (cell: unknown) => unknown): string {
  if (cell === null) return 'null';
  return `"${String(cellOf(cell)).replace(/["\\]/g, '\\$&')}"`;
}
