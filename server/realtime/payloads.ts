import { z } from 'zod';
import { platformId } from '#app/domain/rooms/commands.ts';
import { REPORT_CATEGORIES } from '#app/domain/rooms/policies.ts';

const second = z.int().min(0).max(10_000_000);

/** What members' clients may send. Unknown fields are refused. */
export const micInput = z.strictObject({ on: z.boolean() });
export const floorInput = z.strictObject({ holding: z.boolean() });
export const level = z.int().min(0).max(9);
export const reportInput = z
  .strictObject({
    id: z.uuid(),
    member: platformId,
    category: z.enum(REPORT_CATEGORIES),
    text: z.string().trim().max(2_000).default(''),
    from: second.optional(),
    to: second.optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    message: 'must not be before from',
  });
export type ReportInput = z.output<typeof reportInput>;

/** What consoles may send. */
export const roomInput = z.strictObject({ room: platformId });
export const watchInput = z.strictObject({ room: platformId, since: z.int().min(0).nullable() });
export const catchUpInput = z.strictObject({ room: platformId, since: z.int().min(0) });
/** Parsed by `execute` itself. */
export const anyInput = z.unknown();
