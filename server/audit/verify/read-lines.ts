import { fromUtf8 } from '#app/domain/audit/tlog/encoding.ts';
import { TlogError } from '#app/domain/audit/tlog/tlog-error.ts';

/** Bytes of the longest line: 64 fields of 64 KiB, escaped, and their proof. */
const LONGEST = 64 << 20;
const NEWLINE = 0x0a;

/**
 * Lines of UTF-8 without their newlines.
 * @throws {TlogError} incomplete when the last line has no newline, unreadable when one is too long
 * or not UTF-8
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held: Uint8Array[] = [];
  let length = 0;
  let number = 1;
  for await (const chunk of chunks) {
    let from = 0;
    for (;;) {
      const at = chunk.indexOf(NEWLINE, from);
      if (at < 0) break;
      held.push(chunk.subarray(from, at));
      yield fromUtf8(
        held.length === 1 ? (held[0] as Uint8Array) : Buffer.concat(held),
        `line ${number}`,
      );
      held = [];
      length = 0;
      number += 1;
      from = at + 1;
    }
    if (from < chunk.length) {
      held.push(chunk.subarray(from));
      length += chunk.length - from;
      if (length > LONGEST) {
        throw new TlogError('unreadable', `line ${number} has more than ${LONGEST} bytes`);
      }
    }
  }
  if (held.length > 0) throw new TlogError('incomplete', `line ${number} is cut off`);
}
