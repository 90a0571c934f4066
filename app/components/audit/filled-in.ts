import { fromLocalField } from './local-time.ts';

/** @returns what was filled into a form of filters, times of this device's clock as UTC. */
export function filledIn(data: FormData): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of data) {
    if (typeof value !== 'string' || (value.trim() === '' && name !== 'hide')) continue;
    const text = name === 'from' || name === 'to' ? fromLocalField(value) : value.trim();
    if (text !== null) params.set(name, text);
  }
  return params;
}
