/** Every other namespace of this language in one chunk; a new file in ./zh-Hant/ joins by itself. */
export const files = import.meta.glob<Record<string, string>>(
  ['./zh-Hant/*.ts', '!./zh-Hant/{common,words,reasons,rooms,room}.ts'],
  { eager: true, import: 'strings' },
);
