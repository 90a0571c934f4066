import { randomInt } from 'node:crypto';

/** Crockford's base 32: nothing that reads like something else. Twelve of them are 60 bits. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 12;

/** A code for people to type. */
export function makeCode(): string {
  return Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** @returns a code as people see it: `XXXX-XXXX-XXXX` */
export function spellCode(code: string): string {
  return (code.match(/.{4}/g) ?? []).join('-');
}

/**
 * Small letters, spaces, dashes, and the letters people take for others, are all the same.
 * @returns the code that was typed; null when it is none
 */
export function readCode(typed: string): string | null {
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0');
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter))
    ? code
    : null;
}
