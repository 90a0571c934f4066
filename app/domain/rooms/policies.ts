/** Policy clauses a room command can rest on. */
export const POLICIES = [
  'conduct',
  'harassment',
  'hate',
  'threat',
  'private_information',
  'spam',
  'raid',
  'minor_safety',
  'other',
] as const;
export type Policy = (typeof POLICIES)[number];

/** What a report can be about. */
export const REPORT_CATEGORIES = [
  'harassment',
  'hate',
  'threat',
  'private_information',
  'impersonation',
  'spam',
  'minor_safety',
  'self_harm',
  'other',
] as const;
export type ReportCategory = (typeof REPORT_CATEGORIES)[number];
