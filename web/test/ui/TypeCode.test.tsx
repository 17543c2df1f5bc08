import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/net/api.ts';
import * as links from '../../src/net/links.ts';
import { TypeCode } from '../../src/ui/TypeCode.tsx';

vi.mock('../../src/net/links.ts', { spy: true });

const linkOfCode = vi.mocked(links.linkOfCode);
let page: HTMLElement;

function type(code: string): void {
  const field = page.querySelector('input');
  if (field !== null) field.value = code;
  page.querySelector('button')?.click();
}

const problem = () => page.querySelector('[role=alert]')?.textContent;

beforeEach(() => {
  page = document.createElement('div');
  document.body.append(page);
  render(<TypeCode />, page);
  linkOfCode.mockReset();
});

afterEach(() => {
  render(null, page);
  page.remove();
});

describe('a code that is typed', () => {
  it('is asked about as it stands, and what the server says of a wrong one is shown', async () => {
    linkOfCode.mockRejectedValue(new ApiError('unknown_code', 'This code opens nothing.', 404));
    type(' acd 347 ');
    await vi.waitFor(() => expect(problem()).toBe('This code opens nothing.'));
    expect(linkOfCode).toHaveBeenCalledWith('acd 347');
    expect(page.querySelector('input')?.getAttribute('aria-invalid')).toBe('true');
  });

  it('is not asked about when there is none, and nobody is blamed for a server that is away', async () => {
    type('');
    await vi.waitFor(() => expect(problem()).toContain('Type the six characters'));
    expect(linkOfCode).not.toHaveBeenCalled();
    linkOfCode.mockRejectedValue(new ApiError('network', 'The server cannot be reached.', 0));
    type('ACD347');
    await vi.waitFor(() => expect(problem()).toContain('We cannot reach the server'));
  });
});
