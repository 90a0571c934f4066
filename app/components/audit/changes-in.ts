import type { AuditFieldView } from '#app/domain/audit/view.ts';

export interface Change {
  key: string;
  /** Undefined where that side doesn't speak of it. */
  before: unknown;
  after: unknown;
  isChanged: boolean;
}

/** @returns what an event's fields `before` and `after` say, key by key; a bare value has key ''. */
export function changesIn(fields: readonly AuditFieldView[]): Change[] {
  const [before, after] = ['before', 'after'].map((name) =>
    sideOf(fields.find((field) => field.name === name && !field.sealed && !field.erasedAt)),
  );
  const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return Array.from(keys, (key) => {
    const [was, is] = [before?.[key], after?.[key]];
    return { key, before: was, after: is, isChanged: JSON.stringify(was) !== JSON.stringify(is) };
  });
}

function sideOf(field: AuditFieldView | undefined): Record<string, unknown> {
  if (field === undefined) return {};
  const { value } = field;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : { '': value };
}
