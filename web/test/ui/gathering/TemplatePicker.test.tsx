import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { POLL_KINDS } from '../../../src/model/gathering/deciding.ts';
import { ApiError } from '../../../src/net/api.ts';
import { parseTemplates, type Template } from '../../../src/net/templates.ts';
import { TemplatePicker } from '../../../src/ui/gathering/TemplatePicker.tsx';
import { placed } from '../../../src/ui/gathering/Thumbnail.tsx';
import { listed, minutesOf, termsOf } from '../../../src/ui/gathering/templateWords.ts';
import type { Services } from '../../../src/ui/services.ts';

const PHASE = {
  title: 'Write what we see',
  minutes: 4,
  writers: 'all',
  visibility: 'sealed-open',
  attribution: 'none',
  poll: null,
};

function raw(key: string, need: string, lengths: readonly string[] = ['full', 'short']): Record<string, unknown> {
  return {
    key,
    number: 'T20',
    title: `The ${key}`,
    need,
    description: 'See together.',
    about: 'For a group.',
    people: [8, 60],
    yields: ['Named drivers', 'Lines'],
    regions: [
      [0, 0, 400, 200, 'notes'],
      [440, 0, 400, 200, 'info'],
    ],
    lengths: lengths.map((length) => ({
      key: length === 'full' ? key : `${key}-short`,
      length,
      minutes: length === 'full' ? 30 : 14,
      phases: [PHASE],
    })),
  };
}

const ALL = { templates: [raw('drivers', 'see'), raw('leave', 'act', ['full'])] };

let page: HTMLElement;
const command = vi.fn();
const close = vi.fn();
const say = vi.fn();
const fit = vi.fn();

const seen = (): NodeListOf<HTMLInputElement> => page.querySelectorAll<HTMLInputElement>('input[type="radio"]');
const title = (): string | null | undefined => page.querySelector('section h3')?.textContent;
const alert = (): string => page.querySelector('[role="alert"]')?.textContent ?? '';

async function show(): Promise<void> {
  const services = { announcer: { say }, toaster: {} } as unknown as Services;
  render(<TemplatePicker room={{ command }} editor={{ fit }} services={services} close={close} />, page);
  await vi.waitFor(() => expect(page.querySelector('[role="status"]')).toBeNull());
}

function answers(body: unknown, status = 200): void {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(JSON.stringify(body), { status })),
  );
}

function press(words: string): void {
  const button = [...page.querySelectorAll('button')].find((each) => each.textContent?.includes(words));
  if (button === undefined) throw new Error(`No button says "${words}"`);
  button.click();
}

beforeEach(() => {
  for (const spy of [command, close, say, fit]) spy.mockReset();
  page = document.createElement('div');
  document.body.append(page);
  HTMLDialogElement.prototype.showModal = vi.fn();
  HTMLDialogElement.prototype.close = vi.fn();
});

afterEach(() => {
  render(null, page);
  page.remove();
  vi.unstubAllGlobals();
});

describe('choosing how the conversation runs', () => {
  it('takes a template and a button', async () => {
    answers(ALL);
    command.mockResolvedValue(null);
    await show();
    seen()[1]?.click();
    await vi.waitFor(() => expect(title()).toBe('The leave'));
    press('Use this template');
    await vi.waitFor(() => expect(fit).toHaveBeenCalledOnce());
    expect(command).toHaveBeenCalledExactlyOnceWith('show.load', { template: 'leave' });
    expect(close).toHaveBeenCalledOnce();
    expect(say).toHaveBeenCalledWith('The leave is on the board: 1 step, 30 minutes. Nothing has begun yet.');
  });

  it('asks for the short form when that is chosen', async () => {
    answers(ALL);
    command.mockResolvedValue(null);
    await show();
    press('Short, 14 min');
    await vi.waitFor(() =>
      expect(page.querySelector('[aria-pressed="true"]:not(fieldset *)')?.textContent).toContain('Short'),
    );
    press('Use this template');
    await vi.waitFor(() => expect(close).toHaveBeenCalledOnce());
    expect(command).toHaveBeenCalledWith('show.load', { template: 'drivers-short' });
  });

  it('shows what somebody needs, and chooses the first of that', async () => {
    answers(ALL);
    await show();
    expect(seen()).toHaveLength(2);
    press('Act and review');
    await vi.waitFor(() => expect(seen()).toHaveLength(1));
    expect(title()).toBe('The leave');
  });

  it('says what the server says against it, and stays', async () => {
    answers(ALL);
    command.mockRejectedValue(new ApiError('begun', 'The gathering has begun.', 0));
    await show();
    press('Use this template');
    await vi.waitFor(() => expect(alert()).toBe('The gathering has begun.'));
    expect(close).not.toHaveBeenCalled();
  });

  it.each([
    ['nothing that makes sense', { templates: [{ key: 3 }] }, 200],
    ['an error', {}, 500],
  ])('offers to try again after %s', async (_, body, status) => {
    answers(body, status);
    await show();
    expect(alert()).toContain('could not be fetched');
    answers(ALL);
    press('Try again');
    await vi.waitFor(() => expect(seen()).toHaveLength(2));
  });
});

describe('what is said of a template', () => {
  const [drivers, leave] = parseTemplates(ALL) as readonly [Template, Template];

  it('is how long it takes', () => {
    expect(minutesOf(drivers)).toBe('14 to 30 min');
    expect(minutesOf(leave)).toBe('30 min');
    expect(listed(drivers.yields)).toBe('Named drivers, lines');
  });

  it('is who sees what is written, in each step', () => {
    expect(termsOf(PHASE)).toBe('Written alone, shown together, without names');
    expect(termsOf({ ...PHASE, attribution: 'table' })).toBe('Written alone, shown together');
    expect(termsOf({ ...PHASE, visibility: 'table' })).toBe('Only your table sees it');
    expect(termsOf({ ...PHASE, writers: 'host' })).toBe('A host writes');
    for (const poll of POLL_KINDS) expect(termsOf({ ...PHASE, poll })).toContain('Everybody');
    expect(termsOf({ ...PHASE, poll: 'newer than this page' })).toBe('');
    expect(termsOf({ ...PHASE, writers: null, visibility: null, attribution: null })).toBe('');
  });

  it('has a picture in which its regions keep their shapes, within the picture', () => {
    const [first, second] = placed(drivers.regions);
    if (first === undefined || second === undefined) throw new Error('There are two regions');
    expect(first.w / first.h).toBeCloseTo(2);
    expect(second.x).toBeGreaterThan(first.x + first.w);
    expect(second.x + second.w).toBeLessThanOrEqual(260);
    expect(first.y).toBeGreaterThanOrEqual(0);
  });
});
