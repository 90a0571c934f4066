/**
 * @returns the path when it leads to a page of this site, or else the start: "//host" leaves it, and
 * so does "/<tab>/host", since browsers drop tabs and line breaks before they look.
 */
export function localPath(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?![/\\])[^\t\n\r]*$/.test(wanted) ? wanted : '/';
}
