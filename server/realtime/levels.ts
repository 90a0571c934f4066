/** How often speaking levels go out, in milliseconds. */
const EVERY = 200;

/** Sends speaking levels on: the newest of each speaker, a few times a second, never stored. */
export interface Levels {
  note(room: string, ord: number, level: number): void;
  close(): void;
}

/** @param send one room's newest levels */
export function openLevels(send: (room: string, levels: [number, number][]) => void): Levels {
  const noted = new Map<string, Map<number, number>>();
  let timer: NodeJS.Timeout | null = null;

  function flush(): void {
    timer = null;
    for (const [room, levels] of noted) send(room, [...levels]);
    noted.clear();
  }

  return {
    note(room, ord, level) {
      const levels = noted.get(room) ?? new Map<number, number>();
      levels.set(ord, level);
      noted.set(room, levels);
      timer ??= setTimeout(flush, EVERY);
    },
    close() {
      if (timer) clearTimeout(timer);
    },
  };
}
