/**
 * @returns the path when it leads to a page of this site, or else the start. "//host" leaves it, and
 * so does anything that becomes that: browsers take "\" for "/", and drop tabs and line breaks.
 */
export function localPath(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?!\/)[^\p{Cc}\p{Z}\\]*$/u.test(wanted) ? wanted : '/';
}
