import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';
import type { Visit } from './visit.ts';
import { BLOCKED_NETWORK, DETOUR_NETWORK } from './world.ts';

const wait = (ms: number) => sleep(ms, undefined, { ref: false });
const MINUTE = 60_000;

/**
 * A network is blocked: everyone on it drops at once. Most come back within two minutes, a quarter
 * of those through another network; the others when the block ends. Again every ten minutes.
 */
export async function playOutage(visits: readonly Visit[], random: Random): Promise<never> {
  await wait(MINUTE);
  for (;;) {
    const cut = visits.filter(
      (one) => one.cast.network === BLOCKED_NETWORK && one.state() !== null,
    );
    for (const one of cut) one.cut();
    const ended = wait(6 * MINUTE);
    await wait(15_000);
    const returning = cut.filter(() => random.chance(0.65));
    for (const one of returning) {
      // One by one, over about a minute and a half.
      await wait(90_000 / returning.length);
      one.come(random.chance(0.25) ? DETOUR_NETWORK : BLOCKED_NETWORK);
    }
    await ended;
    for (const one of cut) {
      one.come();
      await wait(50);
    }
    await wait(3 * MINUTE);
  }
}

/** A branch comes in within seconds, raises every hand, and trickles out again. Every ten minutes. */
export async function playRaid(raiders: readonly Visit[], random: Random): Promise<never> {
  await wait(1.5 * MINUTE);
  for (;;) {
    for (const one of raiders) {
      one.come();
      await wait(20_000 / raiders.length);
    }
    await wait(5_000);
    for (const one of raiders) if (random.chance(0.4)) await one.ask('raise_hand');
    await wait(3 * MINUTE);
    for (const one of raiders) {
      await one.leave();
      await wait(30_000 / raiders.length);
    }
    await wait(6 * MINUTE);
  }
}
