/** @returns the path when it leads to a page of this site, or else the start: "//host" leaves it. */
export function localPath(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : '/';
}
