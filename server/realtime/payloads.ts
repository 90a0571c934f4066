import { z } from 'zod';
import { platformId, roomSecond } from '#app/domain/rooms/commands.ts';
import { REPORT_CATEGORIES } from '#app/domain/rooms/report-categories.ts';
import { freeText } from '#app/domain/text.ts';

/** What members' clients may send. Unknown fields are refused. */
export const micInput = z.strictObject({ on: z.boolean() });
export const floorInput = z.strictObject({ holding: z.boolean() });
export const level = z.int().min(0).max(9);
export const reportInput = z
  .strictObject({
    id: z.uuid(),
    member: platformId,
    category: z.enum(REPORT_CATEGORIES),
    text: freeText(0, 2_000).default(''),
    from: roomSecond.optional(),
    to: roomSecond.optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    message: 'must not be before from',
  });
export type ReportInput = z.output<typeof reportInput>;

export const receiptInput = z.strictObject({ report: z.uuid() });

/** What consoles may send. */
const seq = z.int().min(0).max(2_147_483_647);
export const roomInput = z.strictObject({ room: platformId });
export const watchInput = z.strictObject({ room: platformId, since: seq.nullable() });
export const catchUpInput = z.strictObject({ room: platformId, since: seq });
/** Parsed by `execute` itself. */
export const anyInput = z.unknown();
