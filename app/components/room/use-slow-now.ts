import { useEffect, useState } from 'react';
import type { RoomStore, RoomTopic } from '#app/live/room-store.ts';

const REDRAW_EVERY = 5_000;
const REDRAW_AT_MOST_EVERY = 500;

/** @returns the time, moving on every few seconds and soon after the topic changed. */
export function useSlowNow(store: RoomStore, topic: RoomTopic): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    let soon: ReturnType<typeof setTimeout> | null = null;
    const draw = () => {
      soon = null;
      setNow(Date.now());
    };
    const timer = setInterval(draw, REDRAW_EVERY);
    const stop = store.subscribe(topic, () => {
      soon ??= setTimeout(draw, REDRAW_AT_MOST_EVERY);
    });
    return () => {
      stop();
      clearInterval(timer);
      if (soon !== null) clearTimeout(soon);
    };
  }, [store, topic]);
  return now;
}
