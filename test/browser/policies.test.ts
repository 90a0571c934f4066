import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { axeOf } from '#test/support/browser.ts';
import { publishClauses } from '#test/support/policies.ts';
import { DESK, isDrawn, pick } from '#test/support/room-console.ts';
import { joined, opened } from '#test/support/rostrum.ts';
import { useConsole } from '#test/support/use-console.ts';

const { base, server, browser, signedIn } = useConsole();

const overflows = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
const clausesInForce = async () =>
  (await base.db.sql`select clauses from policy_version order by version desc limit 1`)[0]?.clauses;

beforeAll(async () => {
  const body = [
    opened(),
    joined('host', { role: 'host' }),
    joined('bo', { role: 'speaker' }),
    joined('kim', { role: 'speaker' }),
  ];
  await server.call('/rooms/tea/events', { body });
});

/** Opens the dialog that asks before a mute. */
async function askToMute(page: Page, member: string): Promise<void> {
  await page.goto(`${server.url}/rooms/tea`);
  await isDrawn(page);
  const panel = await pick(page, member);
  await panel.getByRole('button', { name: /^Mute/ }).click();
  await page.getByRole('alertdialog').waitFor();
}

describe('before a policy is published', () => {
  it('nobody who mutes is asked for a clause', async () => {
    const page = await signedIn('Early', 'moderator', { viewport: DESK });
    const asked = page.waitForResponse((answer) => answer.url().includes('/policies/offered'));
    await askToMute(page, 'bo');
    await asked;
    expect(await page.getByLabel('Policy clause').count()).toBe(0);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Rest it on a policy clause' }).click();
    await page.getByText('No policy is published yet.').waitFor();
    await page.goto(`${server.url}/policies`);
    await page.getByText('No policy yet').waitFor();
    expect(await page.getByRole('link', { name: 'Write the next version' }).count()).toBe(0);
  });

  it('the room stays on screen where nobody answers what can be chosen', async () => {
    const page = await signedIn('Cut off', 'moderator', { viewport: DESK });
    browser.forgive(/ERR_FAILED/);
    const failed = page.waitForEvent('requestfailed');
    await page.route('**/policies/offered', (route) => route.abort());
    await askToMute(page, 'bo');
    await failed;
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
  });
});

describe('the policy', () => {
  it('is written and published by keyboard alone', async () => {
    const page = await signedIn('Ada', 'admin');
    await page.goto(`${server.url}/policies`);
    await page.getByRole('link', { name: 'Write the next version' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add a clause' }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Code').focus();
    await page.keyboard.type('Harassment');
    const asked = page.waitForEvent('dialog').then(async (dialog) => {
      await dialog.dismiss();
      return dialog.message();
    });
    await page.getByRole('link', { name: 'Policy' }).first().click();
    expect(await asked).toBe('What you wrote is not saved. Leave it?');
    expect(await page.getByLabel('Code').inputValue()).toBe('Harassment');
    await page.getByRole('button', { name: 'Save draft' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Begin with a small letter').waitFor();
    expect(await axeOf(page)).toEqual([]);
    await page.getByLabel('Code').fill('harassment');
    await page.keyboard.press('Tab');
    // The languages are one stop; the arrows go between them.
    await page.keyboard.press('End');
    expect(await page.getByRole('tab', { name: 'ئۇيغۇرچە' }).getAttribute('aria-selected')).toBe(
      'true',
    );
    await page.keyboard.press('Tab');
    await page.keyboard.type('پاراكەندىچىلىك');
    await page.getByRole('button', { name: 'Save draft' }).click();
    // What is missing is shown where it is.
    await page.getByText('Every clause needs a title and words in English.').waitFor();
    await page.getByLabel('Title').fill('Harassment');
    await page.getByLabel('What it says').fill('Nobody is to be hounded.');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('Give both a title and what it says, or neither.').waitFor();
    await page.getByLabel('What it says').fill('ھېچكىم قوغلانماسلىقى كېرەك.');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText(/Saved .* by .Ada/).waitFor();
    await page.getByRole('button', { name: 'Publish…' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('New: ').waitFor();
    expect(await axeOf(page)).toEqual([]);
    await page.getByLabel('Reason').fill('First version');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL((url) => url.pathname === '/policies');
    await page.getByRole('heading', { name: 'Harassment' }).waitFor();
    expect(await clausesInForce()).toEqual([
      {
        code: 'harassment',
        words: {
          en: { title: 'Harassment', text: 'Nobody is to be hounded.' },
          ug: { title: 'پاراكەندىچىلىك', text: 'ھېچكىم قوغلانماسلىقى كېرەك.' },
        },
      },
    ]);
    // Another code may begin like one in force.
    await page.goto(`${server.url}/policies/draft`);
    await page.getByRole('button', { name: 'Add a clause' }).click();
    await page.getByLabel('Code').last().focus();
    await page.keyboard.type('harassment_abroad');
    expect(await page.getByLabel('Code').last().inputValue()).toBe('harassment_abroad');
  });

  it('is what a mute rests on, with its version on the event’s page', async () => {
    const version = await publishClauses(base.db, 'harassment', 'spam');
    const page = await signedIn('Lea', 'lead', { viewport: DESK });
    await askToMute(page, 'bo');
    await page.getByLabel('Policy clause').selectOption('About spam');
    expect(await axeOf(page)).toEqual([]);
    // In the meantime a version without it is published.
    await publishClauses(base.db, 'harassment');
    await page.getByRole('button', { name: 'Mute', exact: true }).last().click();
    await page.getByText('The policy has changed since').waitFor();
    await page.getByLabel('Policy clause').selectOption('About harassment');
    await page.getByRole('button', { name: 'Mute', exact: true }).last().click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    const [event] = await base.db.sql`
      select event_id from audit.event where action = 'participant.muted'`;
    await page.goto(`${server.url}/log/${event?.event_id}`);
    await page.getByRole('link', { name: `“harassment”, version ${version + 1}` }).click();
    await page.waitForURL((url) => url.hash === '#harassment');
    await page.getByText('No harassment.').waitFor();
    await page.getByLabel('Version', { exact: true }).selectOption({ index: 1 });
    await page.getByText('Older version').waitFor();
    await page.getByText('No spam.').waitFor();
    expect(await axeOf(page)).toEqual([]);
  });

  it('is what a calm rests on, when someone who holds the button has chosen so', async () => {
    await publishClauses(base.db, 'harassment', 'flooding');
    const page = await signedIn('Noor', 'lead', { viewport: DESK });
    await page.goto(`${server.url}/rooms/tea`);
    await isDrawn(page);
    const choose = page.getByRole('button', { name: 'Rest it on a policy clause' });
    expect(await page.getByLabel('Policy clause').count()).toBe(0);
    await choose.focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Policy clause').selectOption('About flooding');
    expect(await axeOf(page)).toEqual([]);
    const version = await publishClauses(base.db, 'harassment');
    const hold = () => page.getByRole('button', { name: /^Calm the room/ }).click({ delay: 1_500 });
    await hold();
    await page.getByText('The policy has changed since').waitFor();
    await page.getByLabel('Policy clause').selectOption('About harassment');
    await hold();
    await page.getByText('Calmed', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'End the calm now' }).click();
    await page.getByText('Calmed', { exact: true }).waitFor({ state: 'hidden' });
    const [event] = await base.db.sql`
      select event_id from audit.event where action = 'room.calmed'`;
    await page.goto(`${server.url}/log/${event?.event_id}`);
    await page.getByRole('link', { name: `“harassment”, version ${version}` }).waitFor();
  });

  it('says so where an address names no version of it, and leads to the one in force', async () => {
    const version = await publishClauses(base.db, 'harassment', 'theft');
    const page = await signedIn('Astray', 'moderator');
    browser.forgive(/404/);
    for (const unknown of [`${version + 1}`, '0', '01', 'x', '']) {
      const answer = await page.goto(`${server.url}/policies?version=${unknown}`);
      expect([unknown, answer?.status()]).toEqual([unknown, 404]);
      await page.getByText('There is no such version').waitFor();
      expect(await page.getByText('In force', { exact: true }).count()).toBe(0);
    }
    expect(await axeOf(page)).toEqual([]);
    await page.getByRole('link', { name: 'To the version in force' }).click();
    await page.getByText('No theft.').waitFor();
    const answer = await page.goto(`${server.url}/policies?version=${version}`);
    expect(answer?.status()).toBe(200);
    await page.getByText('In force', { exact: true }).waitFor();
  });

  it.each(['en', 'zh-CN', 'zh-TW', 'ug'])('fits a phone in %s, light and dark', async (locale) => {
    await publishClauses(base.db, 'harassment', `of_${locale.toLowerCase().replace('-', '_')}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      const viewport = { width: 360, height: 740 };
      const name = `Phone ${locale} ${colorScheme}`;
      const page = await signedIn(name, 'admin', { locale, viewport, colorScheme });
      for (const path of ['/policies', '/policies/draft', '/profile']) {
        await page.goto(`${server.url}${path}`);
        await page.locator('main h2').first().waitFor();
        expect([path, await overflows(page), await axeOf(page)]).toEqual([path, false, []]);
      }
    }
  });
});

const isKept = (page: Page) =>
  expect
    .poll(async () => (await page.context().cookies()).some(({ name }) => /exposure/.test(name)))
    .toBe(true);

describe('exposure settings', () => {
  it('hide reasons until they are pressed, on the log and in a room', async () => {
    const page = await signedIn('Gentle', 'lead');
    const words = { name: 'demote', member: 'kim', to: 'listener', reason: 'Words that hurt' };
    const operator = (await base.db.sql`select id from operator where name = 'Gentle'`)[0]?.id;
    const command = { id: crypto.randomUUID(), room: 'tea', ...words };
    await server.app.act({ kind: 'operator', id: operator }, command);
    const [event] = await base.db.sql`
      select event_id from audit.event where correlation_id = ${command.id}`;
    const paths = [`/log/${event?.event_id}`, '/log?action=participant.demoted', '/rooms/tea'];
    for (const path of paths) {
      await page.goto(`${server.url}${path}`);
      await page.getByText('Words that hurt').first().waitFor();
    }
    await page.goto(`${server.url}/profile`);
    await page.getByLabel(/Hide reasons/).check();
    await isKept(page);
    for (const path of paths) {
      await page.goto(`${server.url}${path}`);
      const show = page.getByRole('button', { name: 'Show words' }).first();
      await show.waitFor();
      // Titles, too.
      const drawn = await page.locator('main').innerHTML();
      expect([path, drawn.includes('Words that hurt')]).toEqual([path, false]);
      await show.click();
      await page.getByText('Words that hurt').first().waitFor();
    }
  });

  it('propose a pause quietly, which can be put off', async () => {
    const page = await signedIn('Tired', 'lead');
    await page.clock.install();
    await page.goto(`${server.url}/profile`);
    await page.getByLabel('Propose a pause').selectOption('After 15 minutes');
    await isKept(page);
    await page.goto(`${server.url}/log`);
    const note = page.getByText(/You have been with this for 15 minutes/);
    await page.waitForFunction(() => localStorage.getItem('rostrum:shift') !== null);
    await page.clock.runFor('14:00');
    expect(await note.count()).toBe(0);
    await page.clock.runFor('01:15');
    await note.waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.getByRole('button', { name: 'Not now' }).click();
    await note.waitFor({ state: 'detached' });
    await page.clock.runFor('15:15');
    await page.getByText(/You have been with this for 30 minutes/).waitFor();
    await page.getByRole('button', { name: 'I’ve had a pause' }).click();
    await page.getByText(/You have been with this/).waitFor({ state: 'detached' });
  });
});
