import { join } from 'node:path';
import { formatVkey } from '#app/domain/audit/tlog/key.ts';
import { type Db, openDb } from '#db/client.ts';
import { createLogKey, readLogKeys } from '#server/audit/log-key.ts';
import { sequenceAll } from '#server/audit/sequencer/sequencer.ts';
import { NO_POLICY, type Policy } from '#server/audit/verify/policy.ts';
import type { Actor } from '#server/rooms/actor.ts';
import { execute } from '#server/rooms/execute.ts';
import { ORIGIN } from '#test/support/log-tree.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { addOperator, commandFor, openRoomWith } from '#test/support/rooms.ts';

export interface LivedLog {
  /** The file of the log's key. */
  keyFile: string;
  /** Trusts the log's own key. */
  policy: Policy;
  vkey: string;
  room: string;
  /** Who acted in it. */
  lead: Actor;
  /** Signs what waits. */
  sequence(): Promise<unknown>;
  /** Mutes a member of the room. @returns the event's id */
  mute(member: string): Promise<string>;
  /** The newest event of an action, about a member when one is given. */
  newest(action: string, member?: string): Promise<string>;
}

/**
 * A log with a life behind it: a room, people who were muted, removed, let speak; an undo; a lock.
 * @param dataDir where the sequencer keeps its pin
 * @param keyFile another log's key; else one is made
 */
export async function liveALittle(
  base: TestDatabase,
  dataDir: string,
  keyFile = join(dataDir, 'log-key'),
): Promise<LivedLog> {
  createLogKey(keyFile, ORIGIN);
  const { db } = base;
  const lead = await addOperator(db, ['lead']);
  const room = await openRoomWith(db, {
    host: 'host',
    ana: 'speaker',
    ben: 'listener',
    cem: 'listener',
    dia: 'speaker',
  });
  const log = takeUp(base, dataDir, { room, lead: lead.actor, keyFile });
  const act = (fields: Record<string, unknown>) => actIn(db, lead.actor, room, fields);
  await log.sequence();
  await log.mute('ana');
  await act({ name: 'remove', member: 'ben', minutes: 30 });
  await log.sequence();
  await act({ name: 'promote', member: 'cem', to: 'speaker' });
  const muted = await act({ name: 'mute', member: 'dia' });
  await act({ name: 'undo', command: muted });
  await act({ name: 'lock_room' });
  await log.sequence();
  return log;
}

/** The same log in a database and a folder that are copies of those it lived in. */
export function takeUp(
  base: TestDatabase,
  dataDir: string,
  { room, lead, keyFile }: Pick<LivedLog, 'room' | 'lead' | 'keyFile'>,
): LivedLog {
  const { db } = base;
  const logKeys = [...readLogKeys(keyFile, ORIGIN, true)];
  const sequence = async () => {
    const own = openDb({ url: base.sequencerUrl, max: 1 });
    const options = { db: own, origin: ORIGIN, keyFile, strictKey: true, dataDir };
    await sequenceAll(options).finally(() => own.close());
  };
  const newest = async (action: string, member?: string) => {
    const [row] = await db.sql<{ id: string }[]>`
      select max(event_id::text) as id from audit.event
      where action = ${action} and (${member ?? null}::text is null
        or target_ref = (select 'member:' || ref from member where id = ${member ?? null}))`;
    return row?.id as string;
  };
  const mute = async (member: string) => {
    await actIn(db, lead, room, { name: 'mute', member });
    return newest('participant.muted');
  };
  const policy = { ...NO_POLICY, origin: ORIGIN, logKeys };
  const [key] = logKeys;
  if (!key) throw new Error('the log has no key');
  return { keyFile, policy, vkey: formatVkey(key), room, lead, sequence, mute, newest };
}

async function actIn(db: Db, actor: Actor, room: string, fields: Record<string, unknown>) {
  const command = commandFor(room, fields);
  const { answer } = await execute(db, actor, command as never);
  if (!answer.ok) throw new Error(`${fields.name} was refused: ${answer.reason}`);
  return command.id;
}
