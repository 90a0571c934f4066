/** What is wrong: it contradicts what was signed or hashed; part of it is missing; or its form. */
export type TlogErrorKind = 'tampered' | 'incomplete' | 'unreadable';

/**
 * The one error of this folder: something handed in does not hold.
 * `message` is a clause for a person, without a full stop: "the note ends within a line".
 */
export class TlogError extends Error {
  override readonly name = 'TlogError';
  readonly kind: TlogErrorKind;

  constructor(kind: TlogErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
