import type { Page, WebSocketRoute } from 'playwright-core';

/** A page whose connection can be cut, as a network is; to be asked before it opens anything. */
export async function cuttable(page: Page): Promise<{ cut(): void; mend(): void }> {
  let isCut = false;
  const lines = new Set<WebSocketRoute>();
  await page.routeWebSocket(/socket\.io/, (line) => {
    // Closed while it is still being opened, it would wait for an end that never comes.
    if (isCut) return void setTimeout(() => line.close(), 10);
    line.connectToServer();
    lines.add(line);
  });
  await page.route(/socket\.io/, (route) => (isCut ? route.abort() : route.continue()));
  return {
    cut() {
      isCut = true;
      for (const line of lines) void line.close();
      lines.clear();
    },
    mend() {
      isCut = false;
    },
  };
}
