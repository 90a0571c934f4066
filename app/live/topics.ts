import type { Timing } from './timing.ts';

/** Versions of several things, told to listeners at most once per drawn picture. */
export interface Topics<Topic extends string> {
  version(topic: Topic): number;
  subscribe(topic: Topic, listener: () => void): () => void;
  /** Counts the topics up and calls their listeners before the next picture. */
  change(topics: Iterable<Topic>): void;
  stop(): void;
}

/** Topics that all begin at version 0. */
export function createTopics<Topic extends string>(timing: Timing): Topics<Topic> {
  const versions = new Map<Topic, number>();
  const listeners = new Map<Topic, Set<() => void>>();
  const waiting = new Set<Topic>();
  let cancel: (() => void) | null = null;

  const flush = () => {
    cancel = null;
    const told = [...waiting];
    waiting.clear();
    for (const topic of told) versions.set(topic, (versions.get(topic) ?? 0) + 1);
    for (const topic of told) for (const listener of [...(listeners.get(topic) ?? [])]) listener();
  };
  return {
    version: (topic) => versions.get(topic) ?? 0,
    subscribe(topic, listener) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => set.delete(listener);
    },
    change(topics) {
      for (const topic of topics) waiting.add(topic);
      if (waiting.size > 0) cancel ??= timing.frame(flush);
    },
    stop() {
      cancel?.();
      cancel = null;
    },
  };
}
