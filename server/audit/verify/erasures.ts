import type { Findings } from './findings.ts';

interface Erasure {
  /** Fields that name it. */
  named: number;
  /** What it says it erased; null when it doesn't say. */
  count: number | null;
  /** An event whose field names it. */
  by: string | null;
  /** Whether its leaf was seen, of the kind `erasure`. */
  recorded: boolean;
}

/**
 * Holds erased fields against the erasures that they name, wherever in the log each of them comes.
 * Grows with the number of erasures, not of events.
 */
export class Erasures {
  readonly #all = new Map<string, Erasure>();

  #of(id: string): Erasure {
    const known = this.#all.get(id);
    if (known) return known;
    const made: Erasure = { named: 0, count: null, by: null, recorded: false };
    this.#all.set(id, made);
    return made;
  }

  /** A field of an event has neither value nor salt. */
  erased(event: string, by: string): void {
    const erasure = this.#of(by);
    erasure.named += 1;
    erasure.by ??= event;
  }

  /** The log has this erasure. @param count the value of its field `count`, JSON; null: none */
  recorded(id: string, count: string | null): void {
    const erasure = this.#of(id);
    erasure.recorded = true;
    erasure.count = count !== null && /^\d{1,15}$/.test(count.trim()) ? Number(count) : null;
  }

  /**
   * Reports what does not fit, once every event at hand was looked at.
   * @param absent what it means that an erasure was not among them
   * @param whole no event was left out, so that the counts must agree
   */
  check(findings: Findings, absent: 'tampered' | 'incomplete', whole: boolean): void {
    for (const [id, { named, count, by, recorded }] of this.#all) {
      if (!recorded) {
        findings.add(
          absent,
          `${named} field(s) are gone and name the erasure ${id}, which is not in the log`,
          by === null ? {} : { event: by },
        );
      } else if (whole && count !== named) {
        findings.add(
          'tampered',
          `the erasure says that it erased ${count ?? 'no number of'} field(s), but ${named} name it`,
          { event: id },
        );
      }
    }
  }
}
