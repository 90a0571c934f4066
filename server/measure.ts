import { type CommandName, roomCommand } from '#app/domain/rooms/commands.ts';
import type { App } from './app.ts';
import type { Metrics } from './http/metrics.ts';

const NAMES: ReadonlySet<string> = new Set<CommandName>(
  roomCommand.options.map(({ shape }) => shape.name.value),
);

/** The same application, with its acts and presence counted. */
export function measure(app: App, metrics: Pick<Metrics, 'acted' | 'ingested'>): App {
  return {
    ...app,
    async act(actor, input) {
      const began = performance.now();
      const answer = await app.act(actor, input);
      const outcome = answer.ok ? (answer.repeated ? 'repeated' : 'accepted') : answer.reason;
      metrics.acted(nameOf(input), outcome, (performance.now() - began) / 1_000);
      return answer;
    },
    async enter(room, item) {
      const answer = await app.enter(room, item);
      metrics.ingested(answer.ok ? 'accepted' : answer.reason, 1);
      return answer;
    },
    async enterMany(room, items) {
      const answers = await app.enterMany(room, items);
      const counts = new Map<string, number>();
      for (const answer of answers) {
        const outcome = answer.ok ? 'accepted' : answer.reason;
        counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      }
      for (const [outcome, count] of counts) metrics.ingested(outcome, count);
      return answers;
    },
  };
}

/** Known names only: a label is not for clients to fill. */
function nameOf(input: unknown): string {
  const name = (input as { name?: unknown } | null)?.name;
  return typeof name === 'string' && NAMES.has(name) ? name : 'unknown';
}
