import { z } from 'zod';
import { REFUSALS } from '#app/domain/rooms/reasons.ts';
import { ROLES } from '#app/domain/rooms/state.ts';
import { STATUS } from './status.ts';

const issue = z.strictObject({ path: z.string(), message: z.string() });
const refusal = {
  issues: z.array(issue).optional(),
  retryAfter: z
    .int()
    .optional()
    .meta({ description: 'Milliseconds until another try is worth it.' }),
};

/** One answer for each event of the call, in its order. */
export const eventsAnswer = z
  .strictObject({
    accepted: z.int(),
    refused: z.int(),
    results: z.array(
      z.discriminatedUnion('ok', [
        z.strictObject({
          ok: z.literal(true),
          id: z.string(),
          repeated: z.literal(true).optional(),
        }),
        z.strictObject({
          ok: z.literal(false),
          id: z.string().nullable(),
          reason: z.enum(REFUSALS),
          ...refusal,
        }),
      ]),
    ),
  })
  .meta({ id: 'EventsAnswer' });
export type EventsAnswer = z.output<typeof eventsAnswer>;

/** The rights that hold now; with `admit`, a token for the member's client. */
export const admissionAnswer = z
  .strictObject({
    admit: z.boolean(),
    reason: z.enum(REFUSALS).optional().meta({ description: 'Why not.' }),
    rights: z.strictObject({
      role: z.enum(ROLES),
      maySpeak: z.boolean(),
      mayRaiseHand: z.boolean(),
    }),
    token: z.string().optional(),
    expiresAt: z.iso.datetime().optional(),
  })
  .meta({ id: 'AdmissionAnswer' });
export type AdmissionAnswer = z.output<typeof admissionAnswer>;

export const roomAnswer = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    language: z.string(),
    status: z.enum(['live', 'ended']),
    locked: z.boolean(),
    handsOpen: z.boolean(),
    calmUntil: z.iso.datetime().nullable(),
    unattendedSince: z.iso.datetime().nullable(),
    openedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    seq: z.int().meta({ description: 'Number of the newest room event.' }),
    present: z.int(),
    stage: z.int(),
    hands: z.int(),
  })
  .meta({ id: 'Room' });
export type RoomAnswer = z.output<typeof roomAnswer>;

/** RFC 9457. */
export const problem = z
  .strictObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    reason: z.enum(Object.keys(STATUS) as [string, ...string[]]),
    ...refusal,
  })
  .meta({ id: 'Problem' });
