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
