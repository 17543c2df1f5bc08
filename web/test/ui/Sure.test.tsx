import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sure } from '../../src/ui/Sure.tsx';

const run = vi.fn(async () => undefined);
let page: HTMLElement;

beforeEach(() => {
  run.mockClear();
  page = document.body.appendChild(document.createElement('div'));
  render(<Sure label="Take it back" back="Leave it" yes="Yes" run={run} />, page);
});
afterEach(() => {
  render(null, page);
  page.remove();
});

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
const buttons = (): readonly HTMLButtonElement[] => [...page.querySelectorAll('button')];
const labels = (): readonly (string | null)[] => buttons().map(({ textContent }) => textContent);
const click = async (label: string, detail = 1): Promise<void> => {
  const button = buttons().find(({ textContent }) => textContent === label);
  if (button === undefined) throw new Error(`No button says "${label}"`);
  button.dispatchEvent(new MouseEvent('click', { bubbles: true, detail }));
  await settled();
};

describe('what cannot be undone', () => {
  it('asks first, with the way back in front and in focus, in the place of no button that was pressed', async () => {
    const [ask] = buttons();
    await click('Take it back');
    expect(labels()).toEqual(['Leave it', 'Yes']);
    expect(document.activeElement?.textContent).toBe('Leave it');
    expect(buttons()).not.toContain(ask);
    await click('Leave it');
    expect(labels()).toEqual(['Take it back']);
    expect(document.activeElement?.textContent).toBe('Take it back');
    expect(run).not.toHaveBeenCalled();
  });

  it('is not done by the second click of a double click', async () => {
    await click('Take it back');
    await click('Yes', 2);
    await click('Leave it', 2);
    expect(run).not.toHaveBeenCalled();
    expect(labels()).toEqual(['Leave it', 'Yes']);
    await click('Yes');
    expect(run).toHaveBeenCalledTimes(1);
    expect(labels()).toEqual(['Take it back']);
  });
});
