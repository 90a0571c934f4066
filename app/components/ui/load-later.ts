import { type ComponentType, lazy } from 'react';
import { lateWords } from '#app/i18n/late-words.ts';

const AGAIN_AFTER = 2_000;
const TRIES = 60;

/**
 * A component whose code is fetched when it is first shown. A server that can't be reached just
 * then is asked again: a lost connection must not take down the screen that says so.
 * @throws to the error boundary when two minutes of asking brought nothing
 */
// biome-ignore lint/suspicious/noExplicitAny: React's own bound for lazy components
export function loadLater<T extends ComponentType<any>>(load: () => Promise<T>) {
  return lazy(async () => ({ default: await untilLoaded(load) }));
}

/** The same for one that says more than the first words: waits for those of all screens, too. */
// biome-ignore lint/suspicious/noExplicitAny: React's own bound for lazy components
export function loadSpoken<T extends ComponentType<any>>(load: () => Promise<T>) {
  return loadLater(async () => {
    const [component] = await Promise.all([load(), lateWords()]);
    return component;
  });
}

async function untilLoaded<T>(load: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await load();
    } catch (error) {
      if (tries >= TRIES) throw error;
      await new Promise((go) => setTimeout(go, AGAIN_AFTER));
    }
  }
}
