/** The log contradicts itself or what was seen of it: nothing may be signed until someone looked. */
export class LogHalted extends Error {
  override readonly name = 'LogHalted';
}

/** What Postgres answers when rows are where the checkpoint says that there are none. */
const CONTRADICTIONS = new Set([
  '23505', // unique_violation: a leaf, an event or a checkpoint is there twice
  '23514', // check_violation: no hash, no tile
  '42501', // insufficient_privilege: a trigger refused a tile or checkpoint that doesn't grow
]);

/** The same as a halt, when an error of the database means one; else the error as it is. */
export function haltOf(error: unknown): unknown {
  const { code, table_name: table } = error as { code?: string; table_name?: string };
  if (error instanceof LogHalted || !CONTRADICTIONS.has(code ?? '')) return error;
  return new LogHalted(`the database refused a row of the tree (${code} ${table ?? ''})`, {
    cause: error,
  });
}
