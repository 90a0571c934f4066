/** @returns an instant as a `datetime-local` field holds it, in a time zone; '' for none. */
export function toLocalField(at: string | undefined, timeZone: string): string {
  if (at === undefined) return '';
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).format(new Date(at));
  return text.replace(' ', 'T');
}

/** @returns the instant of such a field, read on this device's clock; null when it is none. */
export function fromLocalField(text: string): string | null {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}
