import { signal } from '@preact/signals-core';
import { render } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Room } from '../../src/net/room.ts';
import { Paused } from '../../src/ui/device/TableDevice.tsx';
import { PinDialog } from '../../src/ui/device/TurnBar.tsx';
import type { Services } from '../../src/ui/services.ts';

let page: HTMLElement;
const goOn = vi.fn<(pin: string | null) => Promise<string | null>>();

beforeEach(() => {
  page = document.createElement('div');
  document.body.append(page);
  goOn.mockReset();
});
afterEach(() => {
  render(null, page);
  page.remove();
});

function show(hasPin: boolean): void {
  render(<Paused name="Ben" hasPin={hasPin} left={['half-typed words']} goOn={goOn} end={() => undefined} />, page);
}

function press(words: string): void {
  [...page.querySelectorAll('button')].find(({ textContent }) => textContent === words)?.click();
}

test('a turn that waits goes on with its PIN, as it began [DEV-2]', async () => {
  goOn.mockResolvedValue('This is not the PIN of this seat.');
  show(true);
  press('I am Ben: go on');
  expect(goOn).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(page.querySelector('.keypad')).not.toBeNull());
  for (const digit of '1234') {
    press(digit);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  expect(goOn).toHaveBeenCalledExactlyOnceWith('1234');
  await vi.waitFor(() => expect(page.textContent).toContain('This is not the PIN of this seat.'));
});

test('one without a PIN is asked of the server all the same', () => {
  goOn.mockResolvedValue(null);
  show(false);
  press('I am Ben: go on');
  expect(goOn).toHaveBeenCalledExactlyOnceWith(null);
});

test('a new PIN is typed twice, so that a slip costs nobody their seat', async () => {
  // There are no modal dialogs without a browser.
  Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });
  const command = vi.fn(async () => ({}));
  const room = {
    gathering: signal(null),
    own: signal(null),
    role: signal('participant'),
    people: signal([]),
    serverTime: () => 0,
    command,
  } as unknown as Room;
  const services = { announcer: { say: () => undefined }, toaster: { show: () => undefined } } as unknown as Services;
  render(<PinDialog room={room} services={services} hasPin={false} close={() => undefined} />, page);
  const type = async (digits: string): Promise<void> => {
    for (const digit of digits) {
      press(digit);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  };
  await type('1234');
  await type('1243');
  expect(page.textContent).toContain('not the same four digits');
  await type('1234');
  expect(command).not.toHaveBeenCalled();
  await type('1234');
  expect(command).toHaveBeenCalledExactlyOnceWith('device.pin', { pin: '1234' });
});
