import { mayUseOn, type Power, rankOf } from '#app/domain/rooms/authority.ts';
import { type Instant, isRemoved, type Participant } from '#app/domain/rooms/state.ts';
import type { Act } from './acts.ts';

/** An act that can be offered on someone, with its single-letter key. */
export interface Offer {
  act: Act;
  shortcut?: string;
  variant: 'primary' | 'quiet' | 'danger';
}

/**
 * What a power may do to someone as they are now, most likely first. The server decides again; this
 * only keeps buttons off the screen that would be refused.
 * @param you the viewer's own member id, when they are a member
 */
export function offeredActs(
  person: Participant,
  power: Power,
  you: string | null,
  now: Instant,
): Offer[] {
  if (person.memberId === you) return steppingDown(person);
  return candidates(person, power, now).filter(({ act }) => mayUseOn(power, act, person.role));
}

function candidates(person: Participant, power: Power, now: Instant): Offer[] {
  const { memberId: member, role, hand, removal } = person;
  const offers: Offer[] = [];
  const offer = (act: Act, shortcut?: string, variant: Offer['variant'] = 'quiet') =>
    offers.push({ act, variant, ...(shortcut ? { shortcut } : {}) });
  const report = () => offer({ name: 'report', member, category: 'harassment' }, 'r');

  if (removal !== null && isRemoved(person, now)) {
    if (removal.rank <= rankOf(power)) offer({ name: 'readmit', member }, undefined, 'primary');
    report();
    return offers;
  }
  const here = person.presence !== 'gone';
  if (here && role === 'listener') {
    offer({ name: 'promote', member, to: 'speaker' }, 'p', hand === null ? 'quiet' : 'primary');
  }
  if (person.muted && person.muteRank <= rankOf(power)) {
    offer({ name: 'allow_to_speak', member }, 'm', 'primary');
  } else if (!person.muted) {
    offer({ name: 'mute', member }, 'm', role === 'listener' ? 'quiet' : 'primary');
  }
  if (here && hand !== null) offer({ name: 'lower_hand', member }, 'h');
  if (role === 'host') offer({ name: 'demote', member, to: 'moderator' });
  if (role === 'moderator') offer({ name: 'demote', member, to: 'speaker' });
  if (role === 'moderator' || role === 'speaker') {
    offer({ name: 'demote', member, to: 'listener' }, 'd');
  }
  if (here && role === 'speaker') offer({ name: 'promote', member, to: 'moderator' });
  report();
  offer({ name: 'remove', member }, 'x', 'danger');
  return offers;
}

/** The one thing someone may do to themselves. */
function steppingDown({ memberId: member, role }: Participant): Offer[] {
  if (role === 'listener') return [];
  return [{ act: { name: 'demote', member, to: 'listener' }, shortcut: 'd', variant: 'quiet' }];
}
