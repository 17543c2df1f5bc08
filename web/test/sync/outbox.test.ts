import { describe, expect, it } from 'vitest';
import { type ElementId, elementId } from '../../src/model/element.ts';
import { acknowledge, append, clear, EMPTY_OUTBOX, type Made, messagesFor, supersede } from '../../src/sync/outbox.ts';

const [A, B, C] = [elementId('aaaaaaaaaaaa'), elementId('bbbbbbbbbbbb'), elementId('cccccccccccc')];
const bytes = (...values: number[]) => Uint8Array.from(values);

describe('the outbox', () => {
  const made = (byte: number, ...ids: ElementId[]): Made => ({
    update: bytes(byte),
    ids,
    edits: ids.map((id) => ({ type: 'remove', id })),
  });
  const two = append(append(EMPTY_OUTBOX, made(1, A), 1, 5), made(2, A, B), 1, 9);

  it('numbers edits from 1', () => {
    expect(two).toEqual({
      next: 3,
      entries: [
        { ...made(1, A), cseq: 1, epoch: 1, at: 5 },
        { ...made(2, A, B), cseq: 2, epoch: 1, at: 9 },
      ],
    });
  });

  it('drops everything up to a receipt, and nothing on an old one', () => {
    expect(acknowledge(two, 1).entries).toMatchObject([{ cseq: 2 }]);
    expect(acknowledge(two, 9).entries).toEqual([]);
    expect(acknowledge(two, 0)).toBe(two);
  });

  it('never uses a number twice', () => {
    expect(append(clear(two), made(3), 1, 10).entries).toMatchObject([{ cseq: 3 }]);
    expect(append(acknowledge(two, 2), made(3), 1, 10).entries).toMatchObject([{ cseq: 3 }]);
  });

  it('puts what the server lacks in the place of all, as old as the oldest, and knows what it was', () => {
    expect(supersede(two, [bytes(7), bytes(8)], [B, C], 2, 100)).toEqual({
      next: 5,
      entries: [
        { cseq: 3, update: bytes(7), ids: [A, B, C], edits: [], epoch: 2, at: 5 },
        { cseq: 4, update: bytes(8), ids: [A, B, C], edits: made(0, A, A, B).edits, epoch: 2, at: 5 },
      ],
    });
  });

  it('cuts an edit into parts that together are the edit', () => {
    const update = Uint8Array.from({ length: 1_000 }, (_, index) => index % 256);
    const messages = messagesFor({ ...made(0), cseq: 4, update, epoch: 1, at: 0 }, 164);
    expect(messages).toHaveLength(10);
    const parts = messages.flatMap((message) => (message.type === 'part' ? [...message.bytes] : []));
    expect(Uint8Array.from(parts)).toEqual(update);
    expect(messages.every((message) => message.type === 'part' && message.count === 10)).toBe(true);
  });
});
