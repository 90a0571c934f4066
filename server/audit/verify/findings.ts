import { TlogError, type TlogErrorKind } from '#app/domain/audit/tlog/tlog-error.ts';

/** What does not hold. */
export interface Finding {
  kind: TlogErrorKind;
  /** UUID of the event it is about, when it is about one. */
  event: string | null;
  /** Place in the log, from 0. */
  index: number | null;
  /** A clause for people, without a full stop. */
  what: string;
}

export type Verdict = 'sound' | TlogErrorKind;

/** Exit codes of everything that checks. */
export const EXIT_CODES: Record<Verdict, number> = {
  sound: 0,
  tampered: 1,
  incomplete: 2,
  unreadable: 3,
};

/** Rows that one question to the database names; more of the same kind say nothing new. */
export const MOST_NAMED = 100;

/** Findings that are kept; more are counted. */
const KEPT = 1_000;

/** Collects what does not hold: the first thousand, the number of all, and the verdict. */
export class Findings {
  readonly kept: Finding[] = [];
  readonly #counts: Record<TlogErrorKind, number> = { tampered: 0, incomplete: 0, unreadable: 0 };

  add(kind: TlogErrorKind, what: string, about: { event?: string; index?: number } = {}): void {
    this.#counts[kind] += 1;
    const { event = null, index = null } = about;
    if (this.kept.length < KEPT) this.kept.push({ kind, event, index, what });
  }

  /** Takes over what an error of the log's formats says; other errors are thrown on. */
  addError(error: unknown, what: string, about: { event?: string; index?: number } = {}): void {
    if (!(error instanceof TlogError)) throw error;
    this.add(error.kind, what === '' ? error.message : `${what}: ${error.message}`, about);
  }

  get count(): number {
    const { tampered, incomplete, unreadable } = this.#counts;
    return tampered + incomplete + unreadable;
  }

  /** The worst: tampered before unreadable before incomplete. */
  get verdict(): Verdict {
    const worst = (['tampered', 'unreadable', 'incomplete'] as const).find(
      (kind) => this.#counts[kind] > 0,
    );
    return worst ?? 'sound';
  }
}

/** What a check has looked at and found. */
export interface Report {
  verdict: Verdict;
  /** Where it looked, for people. */
  source: string;
  origin: string | null;
  /** The newest checkpoint; null when there is none that could be read. */
  size: number | null;
  /** Base64. */
  root: string | null;
  events: number;
  checkpoints: number;
  findings: Finding[];
  /** Findings beyond those listed. */
  more: number;
  /** What a reader of the verdict should know. */
  remarks: string[];
}

/** Told how far a long check is. */
export type Progress = (done: number, all: number) => void;
