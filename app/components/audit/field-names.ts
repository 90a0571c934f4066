import type { TFunction } from 'i18next';

/** Fields, and keys within `before` and `after`, that have words: `log:field.<name>`, `log:key.<name>`. */
export const KNOWN = {
  field: new Set<string>([
    'reason',
    'policy',
    'actor_name',
    'category',
    'subject',
    'reporter',
    'reporter_words',
    'refusal',
    'name',
    'text',
    'purpose',
    'why',
    'fields',
    'note',
    'count',
    'basis',
    'filter',
    'format',
    'limit',
    'by',
    'issuer',
    'identity',
  ]),
  key: new Set<string>([
    'may_speak',
    'role',
    'hand',
    'hands',
    'removed_until',
    'rank',
    'title',
    'strength',
    'calm',
    'calm_until',
    'roles',
    'name',
    'secret',
  ]),
} as const;

/** @returns the name of a field, or of a key within one, in words; as recorded when it has none. */
export function fieldName(t: TFunction<'log'>, kind: keyof typeof KNOWN, name: string): string {
  return KNOWN[kind].has(name) ? t(`${kind}.${name}`) : name;
}
