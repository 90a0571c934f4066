/** Every namespace of this language in one chunk; a new file in ./ug/ joins by itself. */
export const files = import.meta.glob<Record<string, string>>('./ug/*.ts', {
  eager: true,
  import: 'strings',
});
