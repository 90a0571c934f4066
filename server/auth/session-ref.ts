/**
 * How events speak of a session, or of a link to sign in by: a UUID of the first half of its token's hash, which opens nothing.
 * @param hash SHA-256 in hex, the row's key
 */
export function sessionRef(hash: string): string {
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
