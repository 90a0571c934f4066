import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { buildApp } from '#server/app.ts';
import { readReceipt } from '#server/audit/read-receipt.ts';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { sequencerOptions } from '#test/support/log-tree.ts';
import { useDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';

const base = useDatabase();

it('is for whoever sent the command, and gets its place once it is sequenced', async () => {
  const app = buildApp(base.db);
  await app.open({ id: 'tea', title: 'Tea', language: 'en' }, 'platform:main');
  const { actor, id } = await addOperator(base.db, ['moderator']);
  const command = { name: 'lock_room', id: randomUUID(), room: 'tea', reason: 'A raid' };
  expect(await app.act(actor, command)).toMatchObject({ ok: true });

  const mine = `operator:${id}`;
  const receipt = await readReceipt(base.db, mine, command.id);
  expect(receipt).toMatchObject({ action: 'room.locked', index: null });
  expect(JSON.parse(receipt?.leaf ?? '')).toMatchObject({ id: receipt?.event });
  expect(await readReceipt(base.db, 'operator:someone', command.id)).toBeNull();
  expect(await readReceipt(base.db, mine, randomUUID())).toBeNull();
  expect(await readReceipt(base.db, mine, 'no id')).toBeNull();

  await sequenceAll(sequencerOptions(base));
  const placed = await readReceipt(base.db, mine, command.id);
  expect(placed).toEqual({ ...receipt, index: expect.any(Number) });
});
