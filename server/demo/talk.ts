import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.ts';
import type { Visit } from './visit.ts';

const wait = (ms: number) => sleep(ms, undefined, { ref: false });

/** Speaker after speaker: passes the floor round the stage for as long as the process runs. */
export async function keepTalking(visits: readonly Visit[], random: Random): Promise<never> {
  let last: Visit | undefined;
  for (;;) {
    const stage = visits.filter((one) => one.state()?.maySpeak && one !== last);
    if (stage.length === 0) {
      await wait(2_000);
      continue;
    }
    last = random.pick(stage);
    await speak(last, random.whole(12, 40) * 1_000, random);
    await wait(random.whole(500, 2_500));
  }
}

async function speak(visit: Visit, ms: number, random: Random): Promise<void> {
  await visit.ask('mic', { on: true });
  const taken = await visit.ask('floor', { holding: true });
  if (!taken.ok) return;
  const end = Date.now() + ms;
  // Whoever loses the right stops: the server has taken the floor from them already.
  while (Date.now() < end && visit.state()?.maySpeak) {
    visit.sound(random.whole(2, 9));
    await wait(300);
  }
  await visit.ask('floor', { holding: false });
  await visit.ask('mic', { on: false });
}

/** Now and then someone on the stage fiddles with their microphone, or says a word out of turn. */
export async function keepMurmuring(visits: readonly Visit[], random: Random): Promise<never> {
  for (;;) {
    await wait(random.whole(3_000, 9_000));
    const stage = visits.filter((one) => one.state()?.maySpeak);
    if (stage.length < 3) continue;
    const one = random.pick(stage);
    await one.ask('mic', { on: true });
    await wait(random.whole(800, 4_000));
    await one.ask('mic', { on: false });
  }
}

/**
 * Keeps some hands up: listeners raise them, and some lose patience.
 * @param most hands of this room's people at once
 */
export async function keepHands(
  visits: readonly Visit[],
  most: number,
  random: Random,
): Promise<never> {
  for (;;) {
    await wait(random.whole(2_000, 8_000) + 60_000 / visits.length);
    const inside = visits.filter((one) => one.state()?.role === 'listener');
    const raised = inside.filter((one) => one.state()?.handRaised);
    if (inside.length === 0) continue;
    if (raised.length >= most || (raised.length > 2 && random.chance(0.25))) {
      await random.pick(raised).ask('lower_hand');
    } else {
      await random.pick(inside).ask('raise_hand');
    }
  }
}

/** Listeners go and others come back: the roster is never still. */
export async function keepMoving(
  visits: readonly Visit[],
  everyMs: number,
  random: Random,
): Promise<never> {
  const outside: Visit[] = [];
  for (;;) {
    await wait(everyMs * (0.5 + random.next()));
    const inside = visits.filter((one) => one.state()?.role === 'listener');
    const returning = outside.length > 6 || (outside.length > 0 && random.chance(0.5));
    if (returning) outside.splice(random.whole(0, outside.length - 1), 1)[0]?.come();
    else if (inside.length > 2) {
      const one = random.pick(inside);
      outside.push(one);
      await one.leave();
    }
  }
}

/** People who have been muted try all the same; the server must say no each time. */
export async function keepTrying(visits: readonly Visit[], random: Random): Promise<never> {
  for (;;) {
    await wait(random.whole(2_000, 5_000));
    const muted = visits.filter((one) => one.state()?.muted);
    if (muted.length === 0) continue;
    const one = random.pick(muted);
    const answers = [await one.ask('mic', { on: true }), await one.ask('floor', { holding: true })];
    // The right may have come back a moment before the word of it.
    await wait(3_000);
    if (answers.some(({ ok }) => ok) && one.state()?.muted) {
      throw new Error(`${one.cast.person.id} is muted and was let speak`);
    }
  }
}
