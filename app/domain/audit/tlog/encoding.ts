import { TlogError } from './tlog-error.ts';

// RFC 4648, section 4.
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SIXES = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) SIXES[ALPHABET.charCodeAt(i)] = i;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const encoder = new TextEncoder();

/** Bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/**
 * Bytes of lower-case hex.
 * @param what names the text in errors, as "the salt"
 * @throws {TlogError} unreadable
 */
export function fromHex(text: string, what: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) {
    throw new TlogError('unreadable', `${what} is not lower-case hex`);
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Bytes as padded standard base64 (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const three = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET.charAt(three >> 18) + ALPHABET.charAt((three >> 12) & 63);
    text += left > 1 ? ALPHABET.charAt((three >> 6) & 63) : '=';
    text += left > 2 ? ALPHABET.charAt(three & 63) : '=';
  }
  return text;
}

/**
 * Bytes of padded standard base64, of which each has one form only: white space, missing padding
 * and bits that belong to no byte are refused.
 * @param what names the text in errors, as "the root hash"
 * @throws {TlogError} unreadable
 */
export function fromBase64(text: string, what: string): Uint8Array {
  if (text.length % 4 !== 0) {
    throw new TlogError('unreadable', `${what} is not base64 with its padding`);
  }
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let at = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < digits; i++) {
    const six = SIXES[text.charCodeAt(i)] ?? -1;
    if (six < 0) throw new TlogError('unreadable', `${what} is not standard base64`);
    held = ((held << 6) | six) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) {
    throw new TlogError('unreadable', `${what} is base64 with stray bits at its end`);
  }
  return bytes;
}

/**
 * One SHA-256 hash in base64.
 * @param what names the text in errors
 * @throws {TlogError} unreadable
 */
export function hashFromBase64(text: string, what: string): Uint8Array {
  const bytes = fromBase64(text, what);
  if (bytes.length !== 32) {
    throw new TlogError('unreadable', `${what} has ${bytes.length} bytes, not 32`);
  }
  return bytes;
}

/** UTF-8 of a text; half a surrogate pair becomes U+FFFD. */
export function toUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/**
 * Text of UTF-8, a byte order mark kept.
 * @param what names the bytes in errors, as "the note"
 * @throws {TlogError} incomplete when they end within a character, otherwise unreadable
 */
export function fromUtf8(bytes: Uint8Array, what: string): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text: string;
  try {
    text = decoder.decode(bytes, { stream: true });
  } catch {
    throw new TlogError('unreadable', `${what} is not UTF-8`);
  }
  try {
    return text + decoder.decode();
  } catch {
    throw new TlogError('incomplete', `${what} ends within a character`);
  }
}

/**
 * A count in decimal digits, without sign or leading zeros, up to 2^53 - 1.
 * @param what names the text in errors, as "the tree size"
 * @throws {TlogError} unreadable
 */
export function fromDecimal(text: string, what: string): number {
  if (!/^(0|[1-9][0-9]*)$/.test(text)) {
    throw new TlogError('unreadable', `${what} is not a decimal number without leading zeros`);
  }
  const number = Number(text);
  if (!Number.isSafeInteger(number)) {
    throw new TlogError('unreadable', `${what} is above 2^53 - 1`);
  }
  return number;
}
