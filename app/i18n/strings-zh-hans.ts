/** What the rooms say in this language: the first thing most people see, so it comes alone. */
export const files = import.meta.glob<Record<string, string>>(
  './zh-Hans/{common,words,reasons,rooms,room}.ts',
  { eager: true, import: 'strings' },
);
