import { hash } from 'node:crypto';
import type { AuditEntry, AuditField } from './entry.ts';

export interface Filed {
  reportId: string;
  room: string;
  /** Audit reference of who reports. */
  reporter: string;
  /** Audit reference of who is reported. */
  subject: string;
  category: string;
  /** What the reporter wrote, and the span it is about, in seconds since the room opened. */
  words: { text: string; from?: number | undefined; to?: number | undefined };
  /** Whether this report is the one that pins the room. */
  pins: boolean;
  at: number;
}

/**
 * What a report leaves on the record. The public columns name no reporter: who it was is a field
 * of its own, which only a reveal opens. What they wrote is held to by its hash: it goes with its row.
 */
export function reportEntries(filed: Filed, why: AuditField[] = []): AuditEntry[] {
  const { reportId, room, reporter, subject, category, words, at } = filed;
  const common = {
    outcome: 'accepted',
    occurred_at: at,
    actor: 'reporter',
    room,
    correlation: reportId,
  } as const;
  const report: AuditEntry = {
    ...common,
    action: 'report.filed',
    target_type: 'report',
    target: `report:${reportId}`,
    fields: [
      { name: 'reporter', value: reporter, subject: reporter },
      { name: 'subject', value: subject, subject },
      { name: 'category', value: category, subject },
      { name: 'reporter_words', value: wordsValue(words), subject: reporter },
      ...why,
    ],
  };
  if (!filed.pins) return [report];
  const pin = { action: 'room.pinned', target_type: 'room', target: `room:${room}`, parent: 0 };
  return [report, { ...common, ...pin }];
}

function wordsValue({ text, from, to }: Filed['words']) {
  return { sha256: hash('sha256', text), from: from ?? null, to: to ?? null };
}
