/** Every other namespace of this language in one chunk; a new file in ./ug/ joins by itself. */
export const files = import.meta.glob<Record<string, string>>(
  ['./ug/*.ts', '!./ug/{common,words,reasons,rooms,room}.ts'],
  { eager: true, import: 'strings' },
);
