import { useRouteLoaderData } from '@remix-run/react';
import { type ReactNode, Suspense, useState } from 'react';
import type { Exposure } from '#app/exposure/exposure.ts';
import { loadSpoken } from './load-later.ts';

// Most people choose to see everything: they fetch nothing more.
const HiddenWords = loadSpoken(async () => (await import('./hidden-words.tsx')).HiddenWords);

/** What people said or did, in somebody's words; hidden until pressed for those who chose so. */
export function ShieldedWords(props: { children: ReactNode; isInGrid?: boolean }) {
  const root = useRouteLoaderData('root') as { exposure?: Exposure } | undefined;
  const [isShown, setShown] = useState(false);
  if (!root?.exposure?.hidesWords || isShown) return props.children;
  return (
    <Suspense fallback="…">
      <HiddenWords isInGrid={props.isInGrid ?? false} onShow={() => setShown(true)} />
    </Suspense>
  );
}
