import { render } from 'preact';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { later } from '../../src/ui/later.tsx';

const page = document.createElement('div');
document.body.append(page);
afterEach(() => render(null, page));

const Greeting = ({ name }: { readonly name: string }) => <p>Hello {name}</p>;

describe('a part that comes later', () => {
  it('appears when it has come, and at once the next time', async () => {
    const load = vi.fn(async () => Greeting);
    const { Part } = later(load);
    render(<Part name="Rosa" missed={() => undefined} />, page);
    expect(page.textContent).toBe('');
    await vi.waitFor(() => expect(page.textContent).toBe('Hello Rosa'));

    render(null, page);
    render(<Part name="Jo" missed={() => undefined} />, page);
    expect(page.textContent).toBe('Hello Jo');
    expect(load).toHaveBeenCalledOnce();
  });

  it('says when it could not come, and is asked for again', async () => {
    const missed = vi.fn();
    const load = vi.fn(async () => Greeting).mockRejectedValueOnce(new Error('offline'));
    const { Part } = later(load);
    render(<Part name="Rosa" missed={missed} />, page);
    await vi.waitFor(() => expect(missed).toHaveBeenCalledOnce());

    render(null, page);
    render(<Part name="Rosa" missed={missed} />, page);
    await vi.waitFor(() => expect(page.textContent).toBe('Hello Rosa'));
  });
});
