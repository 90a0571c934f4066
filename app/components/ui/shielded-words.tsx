import { useRouteLoaderData } from '@remix-run/react';
import { type ReactNode, Suspense } from 'react';
import type { Exposure } from '#app/exposure/exposure.ts';
import { loadSpoken } from './load-later.ts';

// Most people choose to see everything: they fetch nothing more.
const HiddenWords = loadSpoken(async () => (await import('./hidden-words.tsx')).HiddenWords);

/** What people said or did, in somebody's words; hidden until pressed for those who chose so. */
export function ShieldedWords(props: { children: ReactNode; isInGrid?: boolean }) {
  // Not by `useExposure`: the room screen would load what is chosen from, too.
  const root = useRouteLoaderData('root') as { exposure?: Exposure } | undefined;
  if (!root?.exposure?.hidesWords) return props.children;
  return (
    <Suspense fallback="…">
      <HiddenWords isInGrid={props.isInGrid ?? false}>{props.children}</HiddenWords>
    </Suspense>
  );
}
