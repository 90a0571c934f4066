import type { Page, WebSocketRoute } from 'playwright-core';

/** A page whose connection can be cut, as a network is; to be asked before it opens anything. */
export async function cuttable(
  page: Page,
): Promise<{ cut(): Promise<void>; mend(): Promise<void> }> {
  const lines = new Set<WebSocketRoute>();
  await page.routeWebSocket(/socket\.io/, (line) => {
    line.connectToServer();
    lines.add(line);
  });
  return {
    async cut() {
      await page.context().setOffline(true);
      // Being offline ends no connection that is already open.
      for (const line of lines) void line.close();
      lines.clear();
    },
    mend: () => page.context().setOffline(false),
  };
}
