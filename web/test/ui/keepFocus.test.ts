import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepFocus } from '../../src/a11y/keepFocus.ts';

let root: HTMLElement;
let stop: () => void;

beforeEach(() => {
  root = document.body.appendChild(document.createElement('main'));
  root.innerHTML =
    '<h2>All</h2><section><h3>Asked</h3><ul><li><button id="one">Take it back</button></li></ul></section>' +
    '<button id="other">Other</button>';
  stop = keepFocus(root);
});
afterEach(() => {
  stop();
  root.remove();
});

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('a button that goes while it has the focus', () => {
  it.each([
    ['li', 'Asked'],
    ['section', 'All'],
  ])('leaves it to the heading of what is still there: %s', async (gone, heading) => {
    root.querySelector<HTMLElement>('#one')?.focus();
    root.querySelector(gone)?.remove();
    await settled();
    expect(document.activeElement?.textContent).toBe(heading);
  });

  it('takes it from nobody who has gone on', async () => {
    root.querySelector<HTMLElement>('#one')?.focus();
    root.querySelector<HTMLElement>('#other')?.focus();
    root.querySelector('section')?.remove();
    await settled();
    expect(document.activeElement?.id).toBe('other');
  });
});
