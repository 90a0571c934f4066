/** Every other namespace of this language in one chunk; a new file in ./en/ joins by itself. */
export const files = import.meta.glob<Record<string, string>>(
  ['./en/*.ts', '!./en/{common,words,reasons,rooms,room}.ts'],
  { eager: true, import: 'strings' },
);
