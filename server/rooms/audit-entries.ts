import type { Citation } from '#app/domain/policies/citation.ts';
import type { RoomCommand } from '#app/domain/rooms/commands.ts';
import { memberOf, type RoomEvent, type RoomEventBody } from '#app/domain/rooms/events.ts';
import type { AuditEntry, AuditField } from '#server/audit/entry.ts';
import { reportEntries } from '#server/audit/report-entries.ts';
import type { Extras } from './rows.ts';
import type { Standing } from './standing.ts';

/** Presence and the microphone are the member's own doing; acts on people and rooms are recorded. */
const UNRECORDED: ReadonlySet<RoomEventBody['type']> = new Set<RoomEventBody['type']>([
  'participant.joined',
  'participant.left',
  'participant.dropped',
  'hand.raised',
  'mic.turned_on',
  'mic.turned_off',
  'floor.taken',
  'floor.released',
  'enforcement.changed',
  'incident.updated',
  'room.attended',
  'room.unattended',
]);

/**
 * What an accepted command leaves on the record: its first event is the parent of the others and
 * carries the reason; every one carries before and after.
 */
export function entriesOf(
  command: RoomCommand,
  events: readonly RoomEvent[],
  by: Standing,
  extras: ReadonlyMap<string, Extras>,
  { reverses, policy }: { reverses: string | null; policy: Citation | null },
): AuditEntry[] {
  const undoing = command.name === 'undo';
  const recorded = events.filter(
    ({ body }) => !UNRECORDED.has(body.type) || (undoing && body.type === 'hand.raised'),
  );
  return recorded.map(({ body, at }, index) => {
    const entry: AuditEntry = {
      action: body.type,
      outcome: 'accepted',
      occurred_at: at,
      actor: by.ref,
      room: command.room,
      correlation: command.id,
      fields:
        index === 0
          ? [
              ...whyFields(command, by, subjectOf(body, extras), policy),
              ...changeFields(body, extras),
            ]
          : changeFields(body, extras),
      ...targetOf(body, command, extras),
    };
    if (index > 0) entry.parent = 0;
    if (index === 0 && reverses !== null) entry.reverses = reverses;
    return entry;
  });
}

/** What a report by command leaves on the record. */
export function entriesOfReport(
  command: Extract<RoomCommand, { name: 'report' }>,
  by: Standing,
  extras: ReadonlyMap<string, Extras>,
  pins: boolean,
  at: number,
): AuditEntry[] {
  const { id: reportId, room, category, reason } = command;
  const subject = refOf(command.member, extras);
  const filed = { reportId, room, reporter: by.ref, subject, category, words: command, pins, at };
  return reportEntries(filed, [{ name: 'reason', value: reason, subject: by.ref }]);
}

/** An attempt on a person or room that was refused, for the record. */
export function refusalEntry(
  command: RoomCommand,
  by: Standing,
  targetRef: string | null,
  why: string,
  at: number,
  policy: Citation | null,
): AuditEntry {
  // Who reports is nobody's to see, also when the report was refused.
  const reports = command.name === 'report';
  const who = { name: 'reporter', value: by.ref, subject: by.ref };
  const target = targetRef === null ? null : `member:${targetRef}`;
  return {
    action: `command.${command.name}`,
    outcome: 'refused',
    occurred_at: at,
    actor: reports ? 'reporter' : by.ref,
    room: command.room,
    correlation: command.id,
    target_type: targetRef === null ? 'room' : 'participant',
    target: target ?? `room:${command.room}`,
    fields: [
      ...(reports ? [who] : whyFields(command, by, target, policy)),
      { name: 'refusal', value: why },
    ],
  };
}

function targetOf(
  body: RoomEventBody,
  command: RoomCommand,
  extras: ReadonlyMap<string, Extras>,
): Pick<AuditEntry, 'target' | 'target_type'> {
  switch (body.type) {
    case 'hand_over.noted':
    case 'hand_over.acknowledged':
      return { target_type: 'hand_over', target: `hand_over:${body.handOverId}` };
  }
  const member = memberOf(body);
  if (member === null) return { target_type: 'room', target: `room:${command.room}` };
  return { target_type: 'participant', target: refOf(member, extras) };
}

function refOf(member: string, extras: ReadonlyMap<string, Extras>): string {
  const found = extras.get(member);
  if (!found) throw new Error('An event names a member who was not loaded');
  return `member:${found.ref}`;
}

/** @param about whom it was done to: what a reason says of them goes when they are erased */
function whyFields(
  command: RoomCommand,
  by: Standing,
  about: string | null,
  policy: Citation | null,
): AuditField[] {
  const fields: AuditField[] = [
    { name: 'actor_name', value: by.name, subject: by.ref },
    { name: 'reason', value: command.reason, ...(about !== null && { subject: about }) },
  ];
  if (policy) fields.push({ name: 'policy', value: policy });
  return fields;
}

function subjectOf(body: RoomEventBody, extras: ReadonlyMap<string, Extras>): string | null {
  const member = memberOf(body);
  return member === null ? null : refOf(member, extras);
}

function changeFields(body: RoomEventBody, extras: ReadonlyMap<string, Extras>): AuditField[] {
  const subject = subjectOf(body, extras);
  const about = subject === null ? {} : { subject };
  const change = (before: unknown, after: unknown): AuditField[] => [
    { name: 'before', value: before, ...about },
    { name: 'after', value: after, ...about },
  ];
  switch (body.type) {
    case 'participant.muted':
      return change({ may_speak: body.was === 0 }, { may_speak: false, rank: body.rank });
    case 'participant.allowed_to_speak':
      return change({ may_speak: false }, { may_speak: true });
    case 'participant.removed':
      return change(
        { role: body.role, hand: body.hand },
        { removed_until: body.until, rank: body.rank },
      );
    case 'participant.readmitted':
      return change({ removed_until: body.until }, { role: body.role, hand: body.hand });
    case 'participant.promoted':
    case 'participant.demoted':
      return change({ role: body.from, hand: body.handFrom }, { role: body.to, hand: body.handTo });
    case 'hand.lowered':
      return change({ hand: body.at }, { hand: null });
    case 'hand.raised':
      return change({ hand: null }, { hand: body.at });
    case 'hands.cleared':
      return change({ hands: body.count }, { hands: 0 });
    case 'room.calmed':
      return change({ calm: false }, { calm_until: body.until });
    default:
      return [];
  }
}
