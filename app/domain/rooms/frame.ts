import { memberOf, type RoomEvent, type RoomEventBody } from './events.ts';
import type { Instant, PersonCard } from './state.ts';

/**
 * A run of room events on the console's wire. It is encoded once per room, whoever watches, so it
 * holds nothing that depends on the watcher. Members are named by `ord`; `p` introduces those the
 * frame joins or that its reader may not know.
 */
export interface Frame {
  /** `seq` of the first event; the others follow without gaps. */
  f: number;
  /** Instant of the first event. */
  t: Instant;
  /** Each event: type number, milliseconds after `t`, then its fields in `FIELDS` order. */
  e: WireEvent[];
  p?: WireCard[];
}

export type WireEvent = [type: number, dt: number, ...fields: unknown[]];
export type WireCard = [
  ord: number,
  memberId: string,
  name: string,
  handle: string,
  locale: string,
  inviterName: string | null,
  branch: string | null,
  memberSince: Instant,
  priorActs: number,
];

/** Fields of each type on the wire; the index of the entry is the type number: append only. */
const FIELDS: readonly (readonly [RoomEventBody['type'], ...string[]])[] = [
  ['room.opened'],
  ['room.locked'],
  ['room.unlocked'],
  ['hands.closed'],
  ['hands.opened'],
  ['hands.cleared', 'count'],
  ['room.calmed', 'commandId', 'until'],
  ['room.calm_reverted'],
  ['room.unattended'],
  ['room.attended'],
  ['room.ended'],
  ['participant.joined', 'member', 'role', 'returned'],
  ['participant.left', 'member', 'goodbye'],
  ['participant.dropped', 'member'],
  ['hand.raised', 'member', 'at'],
  ['hand.lowered', 'member', 'at'],
  ['mic.turned_on', 'member'],
  ['mic.turned_off', 'member'],
  ['floor.taken', 'member'],
  ['floor.released', 'member', 'since'],
  ['participant.muted', 'member', 'rank', 'was'],
  ['participant.allowed_to_speak', 'member', 'rank'],
  ['participant.removed', 'member', 'until', 'rank', 'role', 'hand', 'before'],
  ['participant.readmitted', 'member', 'role', 'hand', 'until', 'rank'],
  ['participant.promoted', 'member', 'from', 'to', 'handFrom', 'handTo'],
  ['participant.demoted', 'member', 'from', 'to', 'handFrom', 'handTo'],
  ['enforcement.changed', 'member', 'state'],
  ['incident.opened', 'incidentId', 'kind', 'numbers'],
  ['incident.updated', 'incidentId', 'kind', 'numbers'],
  ['hand_over.noted', 'handOverId'],
  ['hand_over.acknowledged', 'handOverId'],
];
const NUMBER = new Map(FIELDS.map(([type], number) => [type, number]));

/**
 * Encodes consecutive events.
 * @param ordOf the ord of each member named; every member of a room has one
 * @param cards people to introduce
 * @throws RangeError when `events` is empty
 */
export function encodeFrame(
  events: readonly RoomEvent[],
  ordOf: (memberId: string) => number,
  cards: readonly PersonCard[] = [],
): Frame {
  const first = events[0];
  if (first === undefined) throw new RangeError('A frame has at least one event');
  const frame: Frame = {
    f: first.seq,
    t: first.at,
    e: events.map((event) => encodeEvent(event, first.at, ordOf)),
  };
  if (cards.length > 0) frame.p = cards.map(encodeCard);
  return frame;
}

function encodeEvent(
  { at, body }: RoomEvent,
  base: Instant,
  ordOf: (memberId: string) => number,
): WireEvent {
  const number = NUMBER.get(body.type) as number;
  const values = body as unknown as Record<string, unknown>;
  const wire: WireEvent = [number, at - base];
  const names = FIELDS[number] as readonly string[];
  for (let i = 1; i < names.length; i++) {
    const name = names[i] as string;
    const value = values[name];
    wire.push(name === 'member' ? ordOf(value as string) : value);
  }
  return wire;
}

/**
 * Decodes a frame. `commandId` is not on the wire and comes back null.
 * @param memberIdOf the id for an ord, after the frame's own cards were taken in
 * @throws RangeError on a type number this version doesn't know
 */
export function decodeFrame(frame: Frame, memberIdOf: (ord: number) => string): RoomEvent[] {
  return frame.e.map((wire, index) => {
    const names = FIELDS[wire[0]];
    if (names === undefined) throw new RangeError(`Unknown event type ${wire[0]}`);
    const body: Record<string, unknown> = { type: names[0] };
    for (let i = 1; i < names.length; i++) {
      const name = names[i] as string;
      const value = wire[i + 1];
      if (name !== 'member') body[name] = value;
      else {
        body.member = memberIdOf(value as number);
        if (names[0] === 'participant.joined') body.ord = value;
      }
    }
    return {
      seq: frame.f + index,
      at: frame.t + wire[1],
      commandId: null,
      body: body as unknown as RoomEventBody,
    };
  });
}

/** A person card as the wire has it. */
export function encodeCard(card: PersonCard): WireCard {
  return [
    card.ord,
    card.memberId,
    card.name,
    card.handle,
    card.locale,
    card.inviterName,
    card.branch,
    card.memberSince,
    card.priorActs,
  ];
}

/** The inverse of `encodeCard`. */
export function decodeCard(wire: WireCard): PersonCard {
  const [ord, memberId, name, handle, locale, inviterName, branch, memberSince, priorActs] = wire;
  return { ord, memberId, name, handle, locale, inviterName, branch, memberSince, priorActs };
}

/** Members of the events that a reader of this frame hears of for the first time: those who join. */
export function introducedBy(events: readonly RoomEvent[]): string[] {
  const members = new Set<string>();
  for (const { body } of events) {
    if (body.type === 'participant.joined') members.add(memberOf(body) as string);
  }
  return [...members];
}
