import { expect, it } from 'vitest';
import { asOwner } from '#test/support/as-owner.ts';
import { useConsoles } from '#test/support/consoles.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { eventually, useServer } from '#test/support/server.ts';

const base = useDatabase();
const server = useServer(base, { requireFactor: true });
const { signIn } = useConsoles(base, server);

it('ends with the grant of a role that needs a second factor nobody gave', async () => {
  const [promoted, proven, other] = [await signIn(), await signIn(), await signIn()];
  await asOwner(base, async (sql) => {
    await sql`alter table operator disable trigger all`;
    await sql`alter table session disable trigger all`;
    await sql`update session set strength = 'strong' where token_hash = ${proven.hash}`;
    await sql`update operator set roles = '{lead}' where id <> ${other.actor.id}`;
  });
  const isOpen = ({ socket }: typeof promoted) => socket.connected;
  await eventually(
    () => isOpen(promoted),
    (open) => !open,
  ).catch(() => {});
  await eventually(
    () => isOpen(promoted),
    (open) => !open,
  );
  expect([isOpen(proven), isOpen(other)]).toEqual([true, true]);
});
