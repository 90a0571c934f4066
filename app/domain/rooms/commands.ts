import { z } from 'zod';
import { clauseCode } from '#app/domain/policies/commands.ts';
import { freeText } from '#app/domain/text.ts';
import { REPORT_CATEGORIES } from './report-categories.ts';

/** Room and member ids are the platform's: opaque, printable, at most 64 characters. */
export const platformId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1–64 of A–Z a–z 0–9 _ -');

/** A moment on a room's clock, in seconds since it opened; a 170-hour room has 612,000. */
export const roomSecond = z.int().min(0).max(10_000_000);

const head = {
  /** Made by the caller when the dialog opens; the same id is carried out once. */
  id: z.uuid(),
  room: platformId,
  /** Why, in the actor's words; private to the audit log. */
  reason: freeText(1, 500),
};
const onMember = { ...head, member: platformId };
/** What silences may name the clause of the current policy that it rests on. */
const silencing = { policy: clauseCode.optional() };

/** Every command of the room screen. Unknown fields are refused. */
export const roomCommand = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('mute'), ...onMember, ...silencing }),
  z.strictObject({ name: z.literal('allow_to_speak'), ...onMember }),
  z.strictObject({
    name: z.literal('remove'),
    ...onMember,
    ...silencing,
    /** Absent: until the room ends. */
    minutes: z.int().min(1).max(43_200).optional(),
  }),
  z.strictObject({ name: z.literal('readmit'), ...onMember }),
  z.strictObject({ name: z.literal('promote'), ...onMember, to: z.enum(['speaker', 'moderator']) }),
  z.strictObject({
    name: z.literal('demote'),
    ...onMember,
    ...silencing,
    to: z.enum(['listener', 'speaker', 'moderator']),
  }),
  z.strictObject({ name: z.literal('lower_hand'), ...onMember }),
  z.strictObject({ name: z.literal('clear_hands'), ...head }),
  z.strictObject({
    name: z.literal('report'),
    ...onMember,
    category: z.enum(REPORT_CATEGORIES),
    text: freeText(0, 2_000).default(''),
    from: roomSecond.optional(),
    to: roomSecond.optional(),
  }),
  z.strictObject({ name: z.literal('lock_room'), ...head }),
  z.strictObject({ name: z.literal('unlock_room'), ...head }),
  z.strictObject({ name: z.literal('end_room'), ...head }),
  z.strictObject({
    name: z.literal('calm_room'),
    ...head,
    ...silencing,
    minutes: z.int().min(1).max(60),
  }),
  z.strictObject({ name: z.literal('hand_over'), ...head, note: freeText(1, 2_000) }),
  z.strictObject({ name: z.literal('acknowledge_hand_over'), ...head, handOver: z.uuid() }),
  z.strictObject({ name: z.literal('undo'), ...head, command: z.uuid() }),
]);

export type RoomCommand = z.output<typeof roomCommand>;
export type RoomCommandInput = z.input<typeof roomCommand>;
export type CommandName = RoomCommand['name'];
