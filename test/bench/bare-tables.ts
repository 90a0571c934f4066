import postgres from 'postgres';
import type { BenchDatabase } from './database.ts';

export const BARE_ROWS = 20_000;

/** Tables of the bare transaction: one row to update, one to insert. */
export async function makeBareTables({ ownerUrl }: BenchDatabase): Promise<void> {
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  await owner.unsafe(`
    create table bare_row (id int primary key, muted boolean not null, at timestamptz);
    insert into bare_row select i, false from generate_series(0, ${BARE_ROWS - 1}) i;
    create table bare_log (id uuid primary key, row_id int, at timestamptz, note text);
    grant select, update on bare_row to rostrum_app;
    grant insert on bare_log to rostrum_app;
    analyze bare_row`);
  await owner.end();
}
