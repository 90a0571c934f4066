/** Every namespace of this language in one chunk; a new file in ./zh-Hant/ joins by itself. */
export const files = import.meta.glob<Record<string, string>>('./zh-Hant/*.ts', {
  eager: true,
  import: 'strings',
});
