/** Every other namespace of this language in one chunk; a new file in ./zh-Hans/ joins by itself. */
export const files = import.meta.glob<Record<string, string>>(
  ['./zh-Hans/*.ts', '!./zh-Hans/{common,words,reasons,rooms,room}.ts'],
  { eager: true, import: 'strings' },
);
