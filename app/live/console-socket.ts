import { type ConsoleLine, openConsoleLine } from './console-line.ts';
import type { Wire } from './wire.ts';

let line: ConsoleLine | null = null;
let users = 0;
let closing: ReturnType<typeof setTimeout> | undefined;

/**
 * Takes part in the page's one connection to the console's namespace; the last to let go closes it,
 * a moment later, so that going from screen to screen doesn't reconnect.
 */
export function shareConsoleSocket(): { wire: Wire; release: () => void } {
  clearTimeout(closing);
  users++;
  line ??= openConsoleLine('/console', {
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
  });
  const release = () => {
    if (--users > 0) return;
    closing = setTimeout(close, 1_000);
  };
  return { wire: line.wire, release };
}

function close(): void {
  line?.close();
  line = null;
}
