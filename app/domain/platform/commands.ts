import { z } from 'zod';
import { freeText } from '#app/domain/text.ts';
import { LONGEST_LIFE, LONGEST_OVERLAP, SCOPES, WEBHOOK_TYPES } from './view.ts';

const name = freeText(1, 60);
const keyId = z.string().regex(/^[a-z0-9]{12}$/);
const overlapHours = z.int().min(0).max(LONGEST_OVERLAP);
const url = z.url({ protocol: /^https?$/ }).max(500);
const types = z.array(z.enum(WEBHOOK_TYPES)).min(1).max(WEBHOOK_TYPES.length);

/** Asks for a key of the platform's back end. */
export const newKey = z.strictObject({
  name,
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  /** Null: no end. */
  days: z.int().min(1).max(LONGEST_LIFE).nullable().default(null),
  callsPerMinute: z.int().min(1).max(1_000_000).nullable().default(null),
});
export type NewKey = z.input<typeof newKey>;

/** Asks for a key's successor; the key itself ends after the overlap. */
export const keyRotation = z.strictObject({ key: keyId, overlapHours });
export type KeyRotation = z.input<typeof keyRotation>;

/** Ends a key at once. */
export const keyRevocation = z.strictObject({ key: keyId });

/** Asks that news be sent to an address. */
export const newEndpoint = z.strictObject({ name, url, types });
export type NewEndpoint = z.input<typeof newEndpoint>;

/** What can be done to an endpoint that is there. */
export const endpointChange = z.discriminatedUnion('change', [
  z.strictObject({ change: z.literal('rotate'), endpoint: z.uuid(), overlapHours }),
  z.strictObject({ change: z.literal('disable'), endpoint: z.uuid() }),
  z.strictObject({ change: z.literal('enable'), endpoint: z.uuid() }),
  z.strictObject({ change: z.literal('delete'), endpoint: z.uuid() }),
  z.strictObject({ change: z.literal('replay'), endpoint: z.uuid(), delivery: z.uuid() }),
]);
export type EndpointChange = z.input<typeof endpointChange>;
