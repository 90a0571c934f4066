import type { Tone } from '#app/components/ui/pill.tsx';
import { type Instant, isRemoved, type Participant } from '#app/domain/rooms/state.ts';

/** What to say of someone at a glance; the key of its words, with a time that runs beside it. */
export interface PersonState {
  key:
    | 'removed'
    | 'muted'
    | 'muted_applying'
    | 'muted_failed'
    | 'applying'
    | 'failed'
    | 'speaking'
    | 'dropped'
    | 'left'
    | 'hand'
    | 'mic_on'
    | 'mic_off'
    | 'listening';
  tone: Tone;
  since?: Instant;
}

/** @returns the state that matters most about someone right now. */
export function personState(person: Participant, now: Instant): PersonState {
  const { enforcement, presence } = person;
  const applying = enforcement === 'requested' || enforcement === 'delivered';
  if (isRemoved(person, now)) {
    return enforcement === 'failed'
      ? { key: 'failed', tone: 'danger' }
      : { key: 'removed', tone: 'danger' };
  }
  if (person.muted) {
    if (enforcement === 'failed') return { key: 'muted_failed', tone: 'danger' };
    return applying ? { key: 'muted_applying', tone: 'warning' } : { key: 'muted', tone: 'danger' };
  }
  if (presence === 'gone') return { key: 'left', tone: 'plain' };
  if (enforcement === 'failed') return { key: 'failed', tone: 'danger' };
  if (presence === 'dropped') return withSince('dropped', 'warning', person.leftAt);
  if (applying) return { key: 'applying', tone: 'warning' };
  if (person.floorSince !== null) return withSince('speaking', 'ok', person.floorSince);
  if (person.hand !== null) return withSince('hand', 'accent', person.hand);
  if (person.role === 'listener') return { key: 'listening', tone: 'plain' };
  return { key: person.micOn ? 'mic_on' : 'mic_off', tone: 'plain' };
}

function withSince(key: PersonState['key'], tone: Tone, since: Instant | null): PersonState {
  return since === null ? { key, tone } : { key, tone, since };
}
