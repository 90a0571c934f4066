let latest = { instant: Number.NaN, text: '' };

/** Milliseconds since the epoch as Postgres reads them. Keeps the latest: a batch has few moments. */
export function iso(instant: number): string;
export function iso(instant: number | null): string | null;
export function iso(instant: number | null): string | null {
  if (instant === null) return null;
  if (instant !== latest.instant) latest = { instant, text: new Date(instant).toISOString() };
  return latest.text;
}
