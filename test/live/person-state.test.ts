import { describe, expect, it } from 'vitest';
import { personState } from '#app/components/room/person-state.ts';
import { newParticipant, type Participant } from '#app/domain/rooms/state.ts';

const NOW = 1_600_000_000_000;

function stateOf(more: Partial<Participant>) {
  return personState({ ...newParticipant('m1', 1, 'speaker'), presence: 'present', ...more }, NOW);
}

describe('the state shown of a person', () => {
  it.each([
    ['requested', 'muted_applying', 'warning'],
    ['delivered', 'muted_applying', 'warning'],
    ['observed', 'muted', 'danger'],
    ['failed', 'muted_failed', 'danger'],
  ] as const)('a mute that is %s reads %s', (enforcement, key, tone) => {
    expect(stateOf({ muted: true, muteRank: 2, enforcement })).toEqual({ key, tone });
  });

  it('never shows someone muted as speaking, whatever their client says', () => {
    const state = stateOf({ muted: true, muteRank: 2, floorSince: NOW - 5_000, micOn: true });
    expect(state.key).toBe('muted');
  });

  it('keeps a failure in sight until something newer happens', () => {
    expect(stateOf({ enforcement: 'failed', floorSince: NOW }).key).toBe('failed');
    expect(stateOf({ enforcement: 'observed', floorSince: NOW }).key).toBe('speaking');
  });

  it('says since when for what lasts', () => {
    expect(stateOf({ floorSince: NOW - 5_000 })).toMatchObject({ since: NOW - 5_000 });
    expect(stateOf({ presence: 'dropped', leftAt: NOW - 9_000 })).toMatchObject({
      key: 'dropped',
      since: NOW - 9_000,
    });
  });

  it('lets a removal run out', () => {
    const removal = { at: NOW - 60_000, until: NOW - 1, rank: 2 };
    expect(stateOf({ presence: 'gone', removal }).key).toBe('left');
    expect(stateOf({ presence: 'gone', removal: { ...removal, until: NOW + 1 } }).key).toBe(
      'removed',
    );
  });
});
