import { randomUUID } from 'node:crypto';
import { and, arrayContains, isNull } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { type Orm, ormOn } from '#db/orm.ts';
import { operator } from '#db/schema/operator.ts';
import { writeLink } from './links.ts';

/**
 * Makes a one-time link by which whoever opens it becomes the first admin, on the record. It names
 * the account that it will make.
 * @param minutes how long it can be used; never once there is an admin
 * @returns its token, or null when there is an admin
 */
export async function makeSetUpLink(db: Db, minutes: number): Promise<string | null> {
  return db.begin(async (tx) => {
    if (await hasAdmin(ormOn(tx))) return null;
    const holder = { kind: 'operator', id: randomUUID() } as const;
    return writeLink(tx, holder, minutes, 'system', 'set_up');
  });
}

/** Whether anyone is an admin. */
export async function hasAdmin(orm: Orm): Promise<boolean> {
  const active = and(isNull(operator.disabledAt), arrayContains(operator.roles, ['admin']));
  return (await orm.$count(operator, active)) > 0;
}
