/** Every namespace of this language in one chunk; a new file in ./en/ joins by itself. */
export const files = import.meta.glob<Record<string, string>>('./en/*.ts', {
  eager: true,
  import: 'strings',
});
