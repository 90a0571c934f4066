/** Wraps a name for a plain sentence, so that its direction stays its own (U+2068 … U+2069). */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`;
}
