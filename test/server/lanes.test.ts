import { expect, it } from 'vitest';
import { openLanes } from '#server/auth/lanes.ts';

const startsOf = async (times: number, restMs: number) => {
  const starts: number[] = [];
  const lanes = openLanes(1, { most: times, patienceMs: 60_000, restMs });
  await Promise.all(
    Array.from({ length: times }, () => lanes.run(async () => starts.push(performance.now()))),
  );
  return starts.map((start, i) => start - (starts[i - 1] ?? start)).slice(1);
};

it('rests between those that wait, and then alone', async () => {
  const gaps = await startsOf(4, 20);
  expect(gaps.every((gap) => gap >= 15)).toBe(true);
  const lanes = openLanes(1, { most: 4, patienceMs: 60_000, restMs: 10_000 });
  // Nobody waits: nothing to rest for.
  await lanes.run(async () => 1);
  expect(await lanes.run(async () => 2)).toBe(2);
});

it('turns away at once whom it has no place for', async () => {
  const lanes = openLanes(1, { most: 1, patienceMs: 60_000 });
  const held = Promise.withResolvers<number>();
  const first = lanes.run(() => held.promise);
  const second = lanes.run(async () => 2);
  expect(await lanes.run(async () => 3)).toBeNull();
  held.resolve(1);
  expect(await Promise.all([first, second])).toEqual([1, 2]);
});

it('turns away who waited too long, and loses no lane by it', async () => {
  const lanes = openLanes(1, { most: 4, patienceMs: 30 });
  const held = Promise.withResolvers<number>();
  const first = lanes.run(() => held.promise);
  expect(await Promise.all([lanes.run(async () => 2), lanes.run(async () => 3)])).toEqual([
    null,
    null,
  ]);
  const next = lanes.run(async () => 4);
  held.resolve(1);
  expect(await Promise.all([first, next])).toEqual([1, 4]);
  expect(await lanes.run(async () => 5)).toBe(5);
});
