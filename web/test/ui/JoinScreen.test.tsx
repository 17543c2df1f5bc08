import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Gathering } from '../../src/net/api.ts';
import { remember } from '../../src/net/device.ts';
import { JoinScreen, seatsLine } from '../../src/ui/JoinScreen.tsx';
import { grains } from '../../src/ui/Ring.tsx';

const GATHERING: Gathering = {
  board: 'abc',
  title: 'Alder Vale Care Partnership',
  role: 'participant',
  seats: 11,
  hosts: ['Rosa Mendes', 'Jo Tait'],
  observers: ['Pat Lowe'],
};

let page: HTMLElement;
const join = vi.fn();
const resume = vi.fn();

function show(
  gathering: Gathering,
  seat: Parameters<typeof JoinScreen>[0]['seat'] = null,
  move: (() => void) | null = null,
): void {
  const openDisplay = (): void => undefined;
  render(<JoinScreen {...{ gathering, seat, join, resume, move, openDisplay }} />, page);
}

function press(words: string): void {
  const button = [...page.querySelectorAll('button')].find((each) => each.textContent?.includes(words));
  if (button === undefined) throw new Error(`No button says "${words}"`);
  button.click();
}

function write(name: string): void {
  const field = page.querySelector('input');
  if (field !== null) field.value = name;
}

beforeEach(() => {
  localStorage.clear();
  join.mockReset();
  resume.mockReset();
  page = document.createElement('div');
  document.body.append(page);
});

afterEach(() => {
  render(null, page);
  page.remove();
});

describe('the door', () => {
  it('asks one question and joins with the answer', () => {
    show(GATHERING);
    expect(page.querySelectorAll('input')).toHaveLength(1);
    write('  Marian ');
    press('Join');
    expect(join).toHaveBeenCalledExactlyOnceWith('Marian', 'board');
  });

  it('opens with the outline for somebody who reads with a screen reader or keyboard', () => {
    show(GATHERING);
    write('Marian');
    press('I read with a screen reader or keyboard');
    expect(join).toHaveBeenCalledExactlyOnceWith('Marian', 'outline');
  });

  it('says what is missing instead of joining without a name', async () => {
    show(GATHERING);
    press('Join');
    await vi.waitFor(() => expect(page.querySelector('[role=alert]')?.textContent).toContain('Write a name first'));
    expect(join).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(page.querySelector('input'));
  });

  it('offers the name used last on this device', () => {
    remember('other', 'R1.mac', 'Marian', 'participant');
    show(GATHERING);
    expect(page.querySelector('input')?.value).toBe('Marian');
  });

  it('tells an observer what they can do before they come in', () => {
    show({ ...GATHERING, role: 'observer' });
    expect(page.textContent).toContain('You can look at everything and change nothing');
  });

  it('says who is hosting and who observes', () => {
    show(GATHERING);
    expect(page.textContent).toContain('Rosa Mendes and Jo Tait are hosting.');
    expect(page.textContent).toContain('One observer is here: Pat Lowe.');
  });

  it('lets somebody who has a seat in another role go back to it', () => {
    show({ ...GATHERING, role: 'host' }, { name: 'Marian', role: 'participant' });
    press('Go back to that seat');
    expect(resume).toHaveBeenCalledOnce();
  });
});

describe('a link to another seat', () => {
  it('leaves the seat of this browser to whoever sits there [DEV-8]', () => {
    const move = vi.fn();
    show({ ...GATHERING, role: 'display' }, { name: 'Rosa', role: 'host' }, move);
    expect(page.textContent).toContain('already have a seat here: Rosa, host');
    press('Keep the seat I have here');
    expect(resume).toHaveBeenCalledOnce();
    expect(move).not.toHaveBeenCalled();
    press('Open the link’s seat here');
    expect(move).toHaveBeenCalledOnce();
  });
});

describe('the ring', () => {
  it('has a grain for each seat taken and one gold one', () => {
    const all = grains(11, true);
    expect(all.filter(({ part }) => part === 'taken')).toHaveLength(11);
    expect(all.filter(({ part }) => part === 'yours')).toHaveLength(1);
  });

  it('has no gold one for an observer, who takes no seat', () => {
    expect(grains(11, false).some(({ part }) => part === 'yours')).toBe(false);
    expect(seatsLine(11, true)).not.toContain('gold');
  });

  it('stays readable in a large gathering', () => {
    expect(grains(300, true)).toHaveLength(48);
    expect(grains(300, true).filter(({ part }) => part === 'yours')).toHaveLength(1);
  });

  it('counts in words', () => {
    expect(seatsLine(0, false)).toBe('Nobody has taken a seat yet. The gold one is yours.');
    expect(seatsLine(1, false)).toBe('One seat is taken. The gold one is yours.');
    expect(seatsLine(4, false)).toBe('Four seats are taken. The gold one is yours.');
  });
});
