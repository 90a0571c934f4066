import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Announcements, createAnnouncer, GATHER_FOR } from '#app/components/ui/announcer.ts';

let said: Announcements[];
beforeEach(() => {
  vi.useFakeTimers();
  said = [];
});
afterEach(() => {
  vi.useRealTimers();
});

const make = () => createAnnouncer((now) => said.push(now));

it('reads polite messages together, once every few seconds', () => {
  const announcer = make();
  announcer.polite('One.');
  announcer.polite('Two.');
  expect(said).toEqual([]);
  vi.advanceTimersByTime(GATHER_FOR);
  expect(said.map(({ polite }) => polite)).toEqual(['One. Two.']);
});

it('keeps only the newest of a kind', () => {
  const announcer = make();
  announcer.polite('3 joined', 'presence');
  announcer.polite('Locked.');
  announcer.polite('12 joined', 'presence');
  vi.advanceTimersByTime(GATHER_FOR);
  expect(said.at(-1)?.polite).toBe('Locked. 12 joined');
});

it('begins anew after reading', () => {
  const announcer = make();
  announcer.polite('One.');
  vi.advanceTimersByTime(GATHER_FOR);
  announcer.polite('Two.');
  vi.advanceTimersByTime(GATHER_FOR);
  expect(said.at(-1)?.polite).toBe('Two.');
});

it('reads urgent messages at once, and again when repeated', () => {
  const announcer = make();
  announcer.assertive('Failed.');
  announcer.assertive('Failed.');
  expect(said[0]?.assertive).toBe('Failed.');
  expect(said[1]?.assertive).not.toBe(said[0]?.assertive);
});
