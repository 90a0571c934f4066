import { Pill } from '#app/components/ui/pill.tsx';
import { type Clause, wordsIn } from '#app/domain/policies/view.ts';
import { directionOf } from '#app/i18n/locales.ts';
import { useLocale } from '#app/i18n/use-locale.ts';

/** One clause as people read it: in their language, or in English where it has no other. */
export function ClauseCard({ clause, mark }: { clause: Clause; mark: string | null }) {
  const { title, text, language } = wordsIn(clause, useLocale());
  const spoken = { lang: language, dir: directionOf(language) };
  const id = `clause-${clause.code}`;
  return (
    <article
      id={clause.code}
      aria-labelledby={id}
      className="grid grid-cols-[minmax(0,1fr)] gap-2 rounded-xl border border-line bg-surface p-4 target:border-accent target:bg-accent-soft"
    >
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 id={id} {...spoken} className="wrap-anywhere font-semibold text-md">
          {title}
        </h2>
        <code dir="ltr" className="font-mono text-muted text-xs">
          {clause.code}
        </code>
        {mark === null ? null : <Pill tone="accent">{mark}</Pill>}
      </div>
      <p {...spoken} className="wrap-anywhere max-w-prose whitespace-pre-wrap text-sm">
        {text}
      </p>
    </article>
  );
}
