import type { Refusal } from '#app/domain/rooms/reasons.ts';

/** What only the database's keys can see: the same id, or the same report, in two rooms at once. */
const CONFLICTS: Record<string, Refusal> = {
  command_pkey: 'command_id_reused',
  report_pkey: 'command_id_reused',
  report_open: 'already_reported',
};

/** @returns the refusal that a failed write comes down to; undefined when it is a real error */
export function knownConflict(error: unknown): Refusal | undefined {
  const { code, constraint_name: name } = error as { code?: string; constraint_name?: string };
  return code === '23505' && name !== undefined ? CONFLICTS[name] : undefined;
}
