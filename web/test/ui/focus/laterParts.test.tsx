import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, it, vi } from 'vitest';
import { persistent } from '../../../src/ui/focus/laterParts.tsx';
import { later } from '../../../src/ui/later.tsx';

const page = document.body.appendChild(document.createElement('div'));
const Greeting = ({ name }: { readonly name: string }) => <p>Hello {name}</p>;

afterEach(() => {
  render(null, page);
  vi.useRealTimers();
});

async function missing(failures: number) {
  vi.useFakeTimers();
  const load = vi.fn(async () => Greeting);
  for (let n = 0; n < failures; n++) load.mockRejectedValueOnce(new Error('offline'));
  const Part = persistent(later(load));
  await act(async () => render(<Part name="Rosa" />, page));
  await act(async () => {
    await vi.advanceTimersByTimeAsync(0);
  });
  expect(page.textContent).toContain('could not be fetched');
  return load;
}

it('is asked for again by itself until it has come, and then no more', async () => {
  const load = await missing(2);
  await act(async () => {
    await vi.advanceTimersByTimeAsync(60_000);
  });
  expect(page.textContent).toBe('Hello Rosa');
  expect(load).toHaveBeenCalledTimes(3);
});

it('comes as soon as the connection is back', async () => {
  await missing(1);
  await act(async () => {
    dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(0);
  });
  expect(page.textContent).toBe('Hello Rosa');
});

it('comes when it is asked for by hand', async () => {
  await missing(1);
  await act(async () => {
    page.querySelector('button')?.click();
    await vi.advanceTimersByTimeAsync(0);
  });
  expect(page.textContent).toBe('Hello Rosa');
});
