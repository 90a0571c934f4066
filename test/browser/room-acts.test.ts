import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openBuiltInPlane } from '#server/media/built-in.ts';
import { axeOf } from '#test/support/browser.ts';
import {
  DESK,
  isDrawn,
  isLive,
  panelOf,
  pick,
  rowOf,
  useRoomConsole,
} from '#test/support/room-console.ts';

/** Holds pushes to the media plane back, so that "applying" can be looked at. */
let gate: Promise<void> = Promise.resolve();
/** Moves the time of what happens by itself ahead, in milliseconds. */
let ahead = 0;

const { base, browser, admit, connect, enter, signIn, openRoom } = useRoomConsole({
  clock: () => Date.now() + ahead,
  openPlane(sessions) {
    const plane = openBuiltInPlane(sessions);
    return { ...plane, apply: (...push) => gate.then(() => plane.apply(...push)) };
  },
});

/** Walks with the Tab key. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((at) => document.activeElement?.matches(at), selector)) return;
  }
  throw new Error(`Forty Tabs lead to no ${selector}`);
}

async function recorded(action: string) {
  return base.db.sql`
    select actor_ref from audit.event where action = ${action} order by event_id desc limit 1`;
}

describe('a moderator in a room of hundreds', () => {
  it('finds, mutes and gives back by keyboard, and member and colleague see it at once', async () => {
    const zofia = await enter('zofia', 'Zofia Wren', 'speaker');
    expect(await zofia.socket.emitWithAck('floor', { holding: true })).toEqual({ ok: true });
    const page = await browser.page({ viewport: DESK });
    await signIn(page);
    const other = await openRoom();
    await isLive(page);
    await tabTo(page, '[data-row="0"]');
    await page.keyboard.press('Enter');
    await isDrawn(page);

    await page.keyboard.press('/');
    await page.keyboard.type('zof');
    await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
    await tabTo(page, '[data-row="0"]');
    await page.keyboard.press('Enter');
    await panelOf(page).getByRole('heading', { name: 'Zofia Wren' }).waitFor();
    await other.getByRole('searchbox', { name: 'Find a person' }).fill('zofia');
    await rowOf(other, 'zofia').getByText('Speaking').waitFor();

    let release = () => {};
    gate = new Promise((resolve) => {
      release = resolve;
    });
    await page.keyboard.press('m');
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Mute', exact: true }).waitFor();
    expect(await axeOf(page)).toEqual([]);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('Shouts others down');
    await page.keyboard.press('Control+Enter');
    await rowOf(other, 'zofia').getByText('Muted, applying').waitFor();
    release();
    await rowOf(other, 'zofia').getByText('Muted', { exact: true }).waitFor();
    await panelOf(page).getByText('Muted', { exact: true }).waitFor();
    expect(zofia.latest()).toMatchObject({ maySpeak: false, muted: true });
    const refused = { ok: false, reason: 'muted' };
    expect(await zofia.socket.emitWithAck('floor', { holding: true })).toMatchObject(refused);
    expect(await recorded('participant.muted')).toHaveLength(1);
    const [command] = await base.db.sql`select input from command where name = 'mute'`;
    expect(command?.input).toMatchObject({ member: 'zofia', reason: 'Shouts others down' });

    await page.getByRole('button', { name: /^Undo \(/ }).waitFor();
    await page.keyboard.press('z');
    await rowOf(other, 'zofia').getByText('Mic off').waitFor();
    await expect.poll(zofia.latest).toMatchObject({ maySpeak: true, muted: false });
    expect(await zofia.socket.emitWithAck('floor', { holding: true })).toEqual({ ok: true });
  });

  it('lets a raised hand speak', async () => {
    const page = await openRoom();
    const ilyas = await enter('ilyas', 'Ilyas Reed');
    expect(await ilyas.socket.emitWithAck('raise_hand')).toEqual({ ok: true });
    await page.getByRole('button', { name: /Let speak.*Ilyas Reed/ }).click();
    await expect.poll(ilyas.latest).toMatchObject({ role: 'speaker', maySpeak: true });
    expect(ilyas.latest()?.handRaised).toBe(false);
    expect(await ilyas.socket.emitWithAck('floor', { holding: true })).toEqual({ ok: true });
    await page.getByRole('button', { name: /Let speak.*Ilyas Reed/ }).waitFor({ state: 'hidden' });
  });

  it('removes someone from every device, and no token brings them back', async () => {
    const page = await openRoom();
    const mo = await enter('mo', 'Mo Tarn', 'listener', 2);
    const closed = mo.sockets.map((socket) => new Promise((done) => socket.on('disconnect', done)));
    const panel = await pick(page, 'mo');
    await panel.getByRole('button', { name: /^Remove until the room ends/ }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Insults or threats' }).click();
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await Promise.all(closed);
    const refusal = { ok: false, reason: 'removed' };
    expect(await connect(mo.token).emitWithAck('join')).toMatchObject(refusal);
    expect((await admit('mo', 'Mo Tarn', 'listener')).body).toMatchObject({ admit: false });
    // The list stands still under the pointer.
    await page.mouse.move(0, 0);
    await rowOf(page, 'mo').waitFor({ state: 'hidden' });
    const removals = page.locator('section[aria-labelledby="removed-heading"]');
    await removals.getByText('Mo Tarn').waitFor();
    await removals.getByText('Insults or threats').waitFor();
    await page.getByRole('searchbox', { name: 'Find a person' }).fill('');
    const [present] = await base.db.sql`select present from room where id = 'talk'`;
    await page.getByText(`${present?.present} here · `).waitFor();
    await page.getByText(`${present?.present} people`, { exact: true }).waitFor();
  });

  it('reports someone, and what happened is kept', async () => {
    const page = await openRoom();
    const panel = await pick(page, 'guest-77');
    await panel.getByRole('button', { name: /^Report to trust and safety/ }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByLabel('What is it about?').selectOption({ label: 'Spam or fraud' });
    await dialog.getByLabel('Reason').fill('Sells watches');
    await dialog.getByRole('button', { name: 'Report to trust and safety' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const reports = await base.db.sql`select subject_id, category, text from report`;
    expect(reports).toEqual([{ subject_id: 'guest-77', category: 'spam', text: 'Sells watches' }]);
    const [room] = await base.db.sql`select pinned_at from room where id = 'talk'`;
    expect(room?.pinned_at).toBeInstanceOf(Date);
    await panel.getByText('1 open in this room').waitFor();
  });

  it('calms the room, which goes back by itself', async () => {
    const noor = await enter('noor', 'Noor Vale', 'speaker');
    const page = await openRoom();
    await page.getByLabel('Minutes', { exact: true }).fill('1');
    await page.getByRole('button', { name: /^Calm the room/ }).click({ delay: 1_500 });
    await page.getByText('Calmed', { exact: true }).waitFor();
    await page.getByText('Locked', { exact: true }).waitFor();
    await expect
      .poll(noor.latest)
      .toMatchObject({ role: 'listener', calm: true, handsOpen: false });
    ahead = 61_000;
    onTestFinished(() => {
      ahead = 0;
    });
    await page.getByText('Calmed', { exact: true }).waitFor({ state: 'hidden' });
    await page.getByText('Locked', { exact: true }).waitFor({ state: 'hidden' });
    await expect.poll(noor.latest).toMatchObject({ role: 'speaker', calm: false, handsOpen: true });
    expect(await recorded('room.calm_reverted')).toEqual([{ actor_ref: 'system' }]);
  });

  it('hands over to a colleague, who takes over by name', async () => {
    const page = await openRoom();
    const other = await openRoom('Bea Quill');
    await page.getByLabel('Note for the next shift').fill('Watch the second row');
    await page.getByRole('button', { name: 'Leave the note' }).click();
    await other.getByText('Watch the second row').waitFor();
    await other.getByRole('button', { name: 'I take over' }).click();
    const notes = page.locator('section[aria-labelledby="hand-over-heading"]');
    await notes.getByText('Taken over by').waitFor();
    await notes.getByText('Bea Quill').waitFor();
  });
});
