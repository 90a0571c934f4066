import { randomUUID } from 'node:crypto';
import type { WebhookType } from '#app/domain/platform/view.ts';
import type { RoomEvent } from '#app/domain/rooms/events.ts';
import { desiredRights } from '#app/domain/rooms/state.ts';
import type { Transaction } from '#db/client.ts';
import type { RoomDraft } from '#server/rooms/draft.ts';
import { rowSource } from '#server/rooms/row-source.ts';

/** News for the platform: ids and states, nothing else about a person. */
export interface Message {
  type: WebhookType;
  /** Milliseconds since the epoch. */
  at: number;
  data: Record<string, unknown>;
}

/** What the platform may want to hear of a draft's events. */
export function messagesOf({ room, people, events }: RoomDraft): Message[] {
  return events.flatMap(({ body, at, seq }: RoomEvent): Message[] => {
    switch (body.type) {
      case 'room.opened':
      case 'room.ended':
        return [{ type: body.type, at, data: { room: room.id } }];
      case 'enforcement.changed': {
        if (body.state !== 'observed' && body.state !== 'failed') return [];
        const person = people.get(body.member);
        const rights = person ? desiredRights(room, person, at) : null;
        const data = {
          room: room.id,
          member: body.member,
          seq,
          admitted: rights?.admitted ?? false,
          may_speak: rights?.maySpeak ?? false,
        };
        return [{ type: `enforcement.${body.state}`, at, data }];
      }
      default:
        return [];
    }
  });
}

const rows = rowSource({ message: 'text', type: 'text', at: 'timestamptz', data: 'text' });

/**
 * The statement, or arm of one, that puts messages into the outbox of every endpoint that wants
 * them: none, and nothing is written. The endpoints are few; they are read by a scan.
 * @param messages at least one
 */
export function insertMessages(tx: Transaction, messages: readonly Message[]) {
  const made = messages.map(({ type, at, data }) => ({
    message: `msg_${randomUUID().replaceAll('-', '')}`,
    type,
    at: new Date(at).toISOString(),
    data: JSON.stringify(data),
  }));
  return tx`
    insert into webhook_delivery
      (id, endpoint_id, message_id, type, at, data, begun_at, next_attempt_at)
    select gen_random_uuid(), e.id, x.message, x.type, x.at, x.data::jsonb, now(), now()
    from ${rows(tx, made)}
    join webhook_endpoint e on x.type = any(e.types)
    where e.disabled_at is null and e.deleted_at is null`;
}

/** That a report came in; not by whom, nor what it says. */
export function reportMessage(
  report: string,
  { room, member, at }: { room: string; member: string; at: number },
): Message {
  return { type: 'report.received', at, data: { report, room, member } };
}
