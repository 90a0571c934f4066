import { describe, expect, it } from 'vitest';
import { citationOf } from '#app/domain/policies/citation.ts';
import { compareClauses, sameClauses, wordsIn } from '#app/domain/policies/view.ts';
import { clauseOf } from '#test/support/clauses.ts';

const uyghur = { ug: { title: 'ئەخلەت', text: 'ياق' } };

describe('a clause', () => {
  it('speaks the reader’s language, or English', () => {
    const clause = clauseOf('spam', uyghur);
    expect(wordsIn(clause, 'ug')).toEqual({ ...uyghur.ug, language: 'ug' });
    for (const language of ['zh-Hans', 'en', 'fr', 'toString']) {
      expect(wordsIn(clause, language)).toMatchObject({ title: 'About spam', language: 'en' });
    }
  });

  it('is cited with the version it stands in, or not at all', () => {
    const policy = { version: 3, codes: ['spam'] };
    expect(citationOf({ policy: 'spam' }, policy)).toEqual({ code: 'spam', version: 3 });
    expect(citationOf({ policy: 'raid' }, policy)).toBeNull();
    expect(citationOf({ policy: 'spam' }, null)).toBeNull();
    expect(citationOf({}, policy)).toBeNull();
  });
});

describe('two versions', () => {
  const [spam, raid, hate] = [clauseOf('spam'), clauseOf('raid'), clauseOf('hate')];

  it('are the same whatever the order of their keys, and not whatever that of the clauses', () => {
    const { code, words } = clauseOf('spam', uyghur);
    const turned = { words: { ug: words.ug, en: words.en }, code };
    expect(sameClauses([{ code, words }], [turned])).toBe(true);
    expect(sameClauses([spam, raid], [raid, spam])).toBe(false);
    expect(sameClauses([spam], [{ code, words }])).toBe(false);
  });

  it('tell what came, what changed and what went', () => {
    const after = [clauseOf('spam', uyghur), hate];
    expect(compareClauses([spam, raid], after)).toEqual({
      added: ['hate'],
      changed: ['spam'],
      gone: ['raid'],
    });
    expect(compareClauses([spam, raid], [raid, spam])).toEqual({
      added: [],
      changed: [],
      gone: [],
    });
  });
});
