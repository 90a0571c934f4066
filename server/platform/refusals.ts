import { issuesOf } from '#app/domain/issues.ts';

type Failure = Parameters<typeof issuesOf>[0];

/** The refusal of an input, with the first field that was wrong. */
export function invalid(error: Failure): { ok: false; reason: 'invalid'; field: string } {
  return { ok: false, reason: 'invalid', field: issuesOf(error)[0]?.path ?? '' };
}
