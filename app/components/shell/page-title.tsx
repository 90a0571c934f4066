import { type UIMatch, useLocation, useMatches } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useWordsOf } from '#app/i18n/late-words.ts';

/** A route's `handle`: how it calls its page, from its loader's data. */
export interface TitleHandle {
  title: (t: TFunction, data: unknown) => string;
}

/** The document's title, in the words of the deepest route that has some. */
export function PageTitle() {
  const { t } = useTranslation();
  const match = useMatches().findLast(hasTitle);
  const isSpoken = useWordsOf(useLocation().pathname);
  const title =
    isSpoken && match && match.data !== undefined ? match.handle.title(t, match.data) : null;
  return <title>{title ? `${title} · ${t('app.name')}` : t('app.name')}</title>;
}

function hasTitle(match: UIMatch): match is UIMatch<unknown, TitleHandle> {
  const { handle } = match;
  return typeof handle === 'object' && handle !== null && 'title' in handle;
}
