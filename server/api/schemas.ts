import { z } from 'zod';
import { platformId } from '#app/domain/rooms/commands.ts';
import { ROLES } from '#app/domain/rooms/state.ts';
import { freeText } from '#app/domain/text.ts';
import { languageTag, moment, profile } from './profile.ts';

/** Most events of one call. */
export const MOST_EVENTS = 10_000;
/** Largest body of one call, in bytes, unpacked. */
export const LARGEST_BODY = 8 * 1024 * 1024;

const head = {
  id: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'must be 1–64 of A–Z a–z 0–9 _ . : -')
    .meta({ description: "The platform's own id: the same id is taken in once." }),
  at: moment.optional().meta({
    description: "The platform's time, for its own use: the order of the call is what counts.",
  }),
};
const ofMember = { ...head, member: platformId };
const role = z.enum(ROLES).default('listener');
const network = z
  .string()
  .regex(/^[0-9A-Za-z:.%_-]{1,64}$/, 'must be an address or an opaque id of a network')
  .meta({
    description:
      'Hashed at once under a key of the day that is thrown away; never stored or logged.',
  });

/** What a platform may say happened in a room. */
export const platformEvent = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('room_opened'),
      ...head,
      title: freeText(1, 200),
      language: languageTag,
      shiftHours: z.int().min(1).max(168).optional(),
      openedAt: moment.optional().meta({
        description: 'For a room that was open before; a time to come counts as now.',
      }),
    }),
    z.strictObject({ type: z.literal('room_ended'), ...head }),
    z.strictObject({
      type: z.literal('joined'),
      ...ofMember,
      profile: profile.optional().meta({ description: 'Needed once for each member.' }),
      role: role.meta({ description: "On a first arrival; later roles are the room's own." }),
      network: network.optional(),
    }),
    z.strictObject({ type: z.literal('left'), ...ofMember }),
    z.strictObject({ type: z.literal('dropped'), ...ofMember }),
    z.strictObject({ type: z.literal('hand_raised'), ...ofMember }),
    z.strictObject({ type: z.literal('hand_lowered'), ...ofMember }),
    z.strictObject({ type: z.literal('mic'), ...ofMember, on: z.boolean() }),
    z.strictObject({ type: z.literal('floor'), ...ofMember, holding: z.boolean() }),
  ])
  .meta({ id: 'PlatformEvent' });
export type PlatformEvent = z.output<typeof platformEvent>;

/** May this member enter? */
export const admissionRequest = z
  .strictObject({
    member: platformId,
    profile: profile.optional().meta({ description: 'Needed while the member is unknown.' }),
    role: role.meta({ description: 'The role on a first arrival.' }),
  })
  .meta({ id: 'AdmissionRequest' });
export type AdmissionRequest = z.output<typeof admissionRequest>;
