import { screen, waitFor, within } from '@testing-library/react';
import { FakeServer, Refusal } from './support/fake-server';
import { showPage } from './support/page';

const SAVE = 'userData:updateSettings';

let server: FakeServer;
beforeEach(() => {
  server = new FakeServer();
  server.settings = { outcomeDays: 90, taskDays: 365, userLimit: 50, removalWindowHours: 24, heldDays: 30 };
});

async function openSettings() {
  const page = showPage({ server });
  const opener = screen.getByRole('button', { name: 'Settings' });
  await page.user.click(opener);
  const drawer = within(await screen.findByRole('dialog', { name: 'Settings' }));
  return { ...page, opener, drawer, save: () => page.user.click(drawer.getByRole('button', { name: 'Save' })) };
}

describe('the settings', () => {
  it('are shown, changed and saved; no limit is an empty field', async () => {
    const { user, drawer, opener, save } = await openSettings();
    const days = await drawer.findByRole('spinbutton', { name: 'Keep record details (days)' });
    expect(days).toHaveValue('90');
    expect(drawer.getByRole('spinbutton', { name: 'Keep tasks (days)' })).toHaveValue('365');
    const limit = drawer.getByRole('spinbutton', { name: 'Maximum number of enabled users' });
    expect(limit).toHaveValue('50');
    await user.clear(days);
    await user.type(days, '30');
    await user.clear(limit);
    const hours = drawer.getByRole('spinbutton', { name: 'Count removals over (hours)' });
    expect(hours).toHaveValue('24');
    await user.clear(hours);
    await user.type(hours, '48');
    const held = drawer.getByRole('spinbutton', { name: 'Keep runs waiting for approval (days)' });
    await user.clear(held);
    await user.type(held, '14');
    await save();
    // The message stays for some seconds only, and on a busy machine the focus may come back later.
    expect(await screen.findByText('Saved')).toHaveAttribute('role', 'status');
    await waitFor(() => expect(opener).toHaveFocus());
    expect(server.lastCallTo(SAVE)).toMatchObject({
      method: 'post',
      data: { outcomeDays: 30, taskDays: 365, userLimit: null, removalWindowHours: 48, heldDays: 14 },
    });
  });

  it('need their numbers', async () => {
    const { user, drawer, save } = await openSettings();
    await user.clear(await drawer.findByRole('spinbutton', { name: 'Keep tasks (days)' }));
    await save();
    expect(await drawer.findByText('Enter a number.')).toBeInTheDocument();
    expect(server.callsTo(SAVE)).toEqual([]);
  });

  it.each(['0', '-5', '36501'])('are not saved with %s days', async (days) => {
    const { user, drawer, save } = await openSettings();
    const field = await drawer.findByRole('spinbutton', { name: 'Keep tasks (days)' });
    await user.clear(field);
    await user.type(field, days);
    await save();
    const reason = 'Keep tasks (days) must be a whole number from 1 to 36500.';
    expect(await drawer.findByText(reason)).toBeInTheDocument();
    expect(field).toHaveValue(days);
    expect(server.callsTo(SAVE)).toEqual([]);
  });

  it('keep no record details longer than their tasks', async () => {
    const { user, drawer, save } = await openSettings();
    const tasks = await drawer.findByRole('spinbutton', { name: 'Keep tasks (days)' });
    await user.clear(tasks);
    await user.type(tasks, '30');
    await save();
    await waitFor(() => expect(drawer.getByRole('spinbutton', { name: 'Keep record details (days)' })).toBeInvalid());
    expect(server.callsTo(SAVE)).toEqual([]);
  });

  it('ask before what was entered is lost, and keep it', async () => {
    const { user, drawer } = await openSettings();
    const days = await drawer.findByRole('spinbutton', { name: 'Keep tasks (days)' });
    await user.type(days, '0');
    await user.click(drawer.getByRole('button', { name: 'Close' }));
    const asking = await screen.findByRole('dialog', { name: 'Discard your changes?' });
    await user.click(within(asking).getByRole('button', { name: 'Keep editing' }));
    expect(days).toHaveValue('3650');
    await user.click(drawer.getByRole('button', { name: 'Cancel' }));
    const again = await screen.findByRole('dialog', { name: 'Discard your changes?' });
    await user.click(within(again).getByRole('button', { name: 'Discard' }));
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Settings' })).not.toBeInTheDocument());
  });

  it('that nobody changed close at once', async () => {
    const { user, drawer } = await openSettings();
    await drawer.findByRole('spinbutton', { name: 'Keep tasks (days)' });
    await user.click(drawer.getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Settings' })).not.toBeInTheDocument());
  });

  it('that the server refuses stay in the form, with the reason', async () => {
    server.refuse(SAVE, new Refusal('outcomeDays: expected a whole number from 1 to 3650. Nothing was written.'));
    const { user, drawer, save } = await openSettings();
    const days = await drawer.findByRole('spinbutton', { name: 'Keep record details (days)' });
    await user.clear(days);
    await user.type(days, '300');
    await save();
    expect(await drawer.findByRole('alert')).toHaveTextContent('expected a whole number from 1 to 3650');
    expect(days).toHaveValue('300');
    expect(days).toBeInvalid();
    expect(days).toHaveFocus();
    // What it said before fades out.
    await waitFor(() => expect(days).toHaveAccessibleDescription(/expected a whole number from 1 to 3650/));
  });

  it('say what failed and load again on request', async () => {
    server.refuse('userData:settings', new Refusal('The database is away.'));
    const { user, drawer } = await openSettings();
    expect(await drawer.findByRole('alert')).toHaveTextContent('The database is away.');
    expect(drawer.getByRole('button', { name: 'Save' })).toBeDisabled();
    server.recover('userData:settings');
    await user.click(drawer.getByRole('button', { name: 'Try again' }));
    expect(await drawer.findByRole('spinbutton', { name: 'Keep tasks (days)' })).toHaveValue('365');
  });
});
