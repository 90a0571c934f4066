/**
 * Checks that a database URL says where to connect: postgres.js would silently fall back to
 * localhost:5432 for whatever is missing.
 *
 * @param url such as `postgres://user:password@host:5432/rostrum`
 * @param name what to call it in the message, such as `DATABASE_URL`
 * @throws with a message for people
 */
export function checkDatabaseUrl(url: string | undefined, name = 'DATABASE_URL'): string {
  const parsed = url && URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new Error(`${name} must be a URL like postgres://user:password@host:5432/database.`);
  }
  const missing = [
    !parsed.hostname && !parsed.searchParams.get('host') && 'a host',
    !parsed.username && 'a user',
    parsed.pathname.length < 2 && 'a database',
  ].filter((part) => part !== false);
  if (missing.length > 0) throw new Error(`${name} lacks ${missing.join(' and ')}.`);
  return url as string;
}
