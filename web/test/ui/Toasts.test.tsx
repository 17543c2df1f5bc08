import '@preact/signals';
import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Toasts } from '../../src/ui/Toasts.tsx';
import { Toaster } from '../../src/ui/toaster.ts';

let page: HTMLElement;
let toaster: Toaster;

function button(words: string): HTMLButtonElement {
  const found = [...page.querySelectorAll('button')].find(
    (each) => each.textContent === words || each.ariaLabel === words || each.getAttribute('aria-label') === words,
  );
  if (found === undefined) throw new Error(`No button says "${words}"`);
  return found;
}

/** Waits until a message is in the page, and gives the focus to one of its buttons, coming from where it is. */
async function enter(words: string): Promise<void> {
  await vi.waitFor(() => button(words));
  button(words).focus();
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  page = document.createElement('div');
  page.innerHTML = '<main id="board"><button tabindex="0">board</button></main><button>elsewhere</button><div></div>';
  document.body.append(page);
  toaster = new Toaster();
  render(<Toasts toaster={toaster} />, page.querySelector('div') ?? page);
});

afterEach(() => {
  vi.useRealTimers();
  page.remove();
});

describe('messages at the foot', () => {
  it('give the focus back to where it came from when they are closed', async () => {
    button('elsewhere').focus();
    toaster.show({ text: 'Deleted 1 note.', action: { label: 'Undo', run: () => undefined } });
    await enter('Close this message');
    button('Close this message').click();
    expect(document.activeElement).toBe(button('elsewhere'));
  });

  it('give it to the board when what had it is gone', async () => {
    const from = document.createElement('button');
    page.append(from);
    from.focus();
    toaster.show({ text: 'Deleted 1 note.', action: { label: 'Undo', run: () => undefined } });
    await enter('Undo');
    from.remove();
    button('Undo').click();
    expect(document.activeElement).toBe(button('board'));
  });

  it('let an action take the focus after that', async () => {
    button('elsewhere').focus();
    toaster.show({ text: 'Deleted 1 note.', action: { label: 'Undo', run: () => button('board').focus() } });
    await enter('Undo');
    button('Undo').click();
    expect(document.activeElement).toBe(button('board'));
  });

  it('give it back when they leave by themselves', async () => {
    button('elsewhere').focus();
    toaster.show({ text: 'Copied.' });
    await enter('Close this message');
    vi.advanceTimersByTime(60_000);
    await vi.waitFor(() => expect(document.activeElement).toBe(button('elsewhere')));
  });

  it('leave the focus alone when it has gone on by itself', async () => {
    button('elsewhere').focus();
    toaster.show({ text: 'Copied.' });
    await enter('Close this message');
    button('board').focus();
    vi.advanceTimersByTime(60_000);
    await vi.waitFor(() => expect(toaster.list.value).toEqual([]));
    expect(document.activeElement).toBe(button('board'));
  });
});
