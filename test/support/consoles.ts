import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { memberOf, type RoomEvent } from '#app/domain/rooms/events.ts';
import { evolve } from '#app/domain/rooms/evolve.ts';
import { decodeCard, decodeFrame, type Frame } from '#app/domain/rooms/frame.ts';
import { unpackPeople } from '#app/domain/rooms/roster.ts';
import type { CatchUp, RoomSnapshot } from '#app/domain/rooms/snapshot.ts';
import type { Participant } from '#app/domain/rooms/state.ts';
import { appendAudit } from '#server/audit/entry.ts';
import { hashToken } from '#server/auth/token.ts';
import type { Actor } from '#server/rooms/actor.ts';
import type { TestDatabase } from '#test/support/postgres.ts';
import { addOperator } from '#test/support/rooms.ts';
import type { ConsoleClient, TestServer } from '#test/support/server.ts';

/** Consoles of people who are signed in. */
export function useConsoles(base: TestDatabase, server: TestServer) {
  async function signIn(roles = ['moderator']) {
    const operator = await addOperator(base.db, roles);
    const hash = hashToken(randomUUID());
    await base.db.sql.begin(async (tx) => {
      await tx`
        insert into session (token_hash, operator_id, expires_at)
        values (${hash}, ${operator.id}, now() + interval '1 hour')`;
      await appendAudit(tx, [
        {
          action: 'session.started',
          outcome: 'accepted',
          occurred_at: Date.now(),
          actor: `operator:${operator.id}`,
          target_type: 'operator',
          target: `operator:${operator.id}`,
        },
      ]);
    });
    const ref = `operator:${operator.id}`;
    const cookie = server.cookieFor({
      actor: operator.actor,
      ref,
      name: operator.name,
      sessionHash: hash,
    });
    return { ...operator, ref, hash, cookie, socket: await server.console(cookie) };
  }

  async function signInHost(room: string, member: string) {
    const actor: Actor = { kind: 'member', id: member, room };
    const cookie = server.cookieFor({
      actor,
      ref: `member:${member}`,
      name: member,
      sessionHash: null,
    });
    return { actor, socket: await server.console(cookie) };
  }

  return { signIn, signInHost };
}

/** A console as the browser is one: snapshot, frames by cursor, gap repair. */
function follow(socket: ConsoleClient, room: string) {
  const cards = new Map<number, string>();
  const people = new Map<string, Participant>();
  const early: Frame[] = [];
  let head: RoomSnapshot['room'] | null = null;

  function takeFrame(frame: Frame): void {
    for (const wire of frame.p ?? []) cards.set(wire[0], decodeCard(wire).memberId);
    for (const event of decodeFrame(frame, (ord) => cards.get(ord) as string)) takeEvent(event);
  }
  function takeEvent(event: RoomEvent): void {
    if (!head || event.seq <= head.seq) return;
    if (event.seq > head.seq + 1) throw new Error(`Gap before ${event.seq}`);
    const member = memberOf(event.body);
    const after = evolve(head, member === null ? null : (people.get(member) ?? null), event);
    head = after.room;
    if (member !== null && after.person) people.set(member, after.person);
  }
  socket.on('room:frame', (id, frame) => {
    if (id !== room) return;
    if (head) takeFrame(frame);
    else early.push(frame);
  });

  return {
    catchUp(answer: CatchUp): void {
      if (answer.kind === 'snapshot') {
        const text = gunzipSync(new Uint8Array(answer.gzip)).toString();
        const snapshot = JSON.parse(text) as RoomSnapshot;
        head = snapshot.room;
        for (const { person, card } of unpackPeople(snapshot.people)) {
          people.set(person.memberId, person);
          cards.set(card.ord, card.memberId);
        }
      } else for (const frame of answer.frames) takeFrame(frame);
      for (const frame of early.splice(0)) takeFrame(frame);
    },
    head: () => head,
    people,
  };
}

/** Watches a room from a console. @throws when that is refused */
export async function watching(socket: ConsoleClient, room: string, since: number | null = null) {
  const screen = follow(socket, room);
  const answer = await socket.emitWithAck('room:watch', { room, since });
  if (!answer.ok) throw new Error(answer.reason);
  screen.catchUp(answer);
  return { screen, answer };
}
