/** Every namespace of this language in one chunk; a new file in ./zh-Hans/ joins by itself. */
export const files = import.meta.glob<Record<string, string>>('./zh-Hans/*.ts', {
  eager: true,
  import: 'strings',
});
