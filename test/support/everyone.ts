import { randomUUID } from 'node:crypto';
import type { OperatorRole } from '#app/domain/access/capabilities.ts';
import { writeCookie } from '#server/auth/cookie.ts';
import { type Holder, startSession } from '#server/auth/sessions.ts';
import { COMMAND_LINE } from '#server/operators/asker.ts';
import { changeOperator } from '#server/operators/change-operator.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';

/**
 * Everyone who may knock: a host of the room asked about, one of another room, each role alone, an
 * admin who moderates too, one who has been disabled, and a platform's key where a cookie belongs.
 */
export const EVERYONE = [
  'nobody',
  'host',
  'stranger',
  'moderator',
  'lead',
  'auditor',
  'admin',
  'both',
  'disabled',
  'key',
] as const;
export type Someone = (typeof EVERYONE)[number];
/** Has every role, and so far shown no second factor: a stolen password gets that far. */
export const HALF = 'half';

const ROLES: Partial<Record<Someone | typeof HALF, OperatorRole[]>> = {
  half: ['moderator', 'lead', 'auditor', 'admin'],
  moderator: ['moderator'],
  lead: ['lead'],
  auditor: ['auditor'],
  admin: ['admin'],
  both: ['moderator', 'admin'],
  disabled: ['moderator', 'lead', 'auditor', 'admin'],
};
const LIMITS = { idleMinutes: 60, maxHours: 2 };

export interface Everyone {
  /** Operator ids, of those who are one. */
  ids: Partial<Record<Someone | typeof HALF, string>>;
  /** Headers of a browser in which this one has just signed in, with all that could be asked. */
  headersOf(who: Someone | typeof HALF): Promise<Record<string, string>>;
}

/** Adds operators of every kind. @param hosts ids of the members who host each of the two rooms */
export async function bringEveryone(
  base: TestDatabase,
  secret: string,
  hosts: Record<'host' | 'stranger', { member: string; room: string }>,
): Promise<Everyone> {
  const ids: Everyone['ids'] = {};
  for (const [who, roles] of Object.entries(ROLES)) {
    const name = `${who} ${randomUUID().slice(0, 8)}`;
    ids[who as Someone] = (await addOperator(base.db, roles, name)).id;
  }
  await changeOperator(base.db, COMMAND_LINE, {
    change: 'disable',
    operator: ids.disabled,
    reason: 'Left',
  });

  async function holderOf(who: Someone | typeof HALF): Promise<Holder | null> {
    if (who === 'host' || who === 'stranger') {
      const { member: id, room } = hosts[who];
      const [row] = await base.db.sql<{ ref: string }[]>`select ref from member where id = ${id}`;
      return { kind: 'member', id, ref: row?.ref ?? '', room };
    }
    const id = ids[who];
    return id === undefined ? null : { kind: 'operator', id };
  }

  return {
    ids,
    async headersOf(who) {
      if (who === 'key') return { Authorization: `Bearer ${secret}` };
      const holder = await holderOf(who);
      if (holder === null) return {};
      const strength = who === HALF ? 'half' : 'strong';
      const proof = { strength, browser: null, by: 'passkey' } as const;
      const token = await base.db.begin((tx) => startSession(tx, holder, LIMITS, proof));
      return { Cookie: writeCookie(token, 3_600, false).split(';')[0] ?? '' };
    },
  };
}
