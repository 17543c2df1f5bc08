import { render } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Paused } from '../../src/ui/device/TableDevice.tsx';

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
