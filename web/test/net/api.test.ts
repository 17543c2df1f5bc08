import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, gathering, loadState } from '../../src/net/api.ts';
import { linkOfCode, links, newCode, newLink, revokeLink } from '../../src/net/links.ts';

function answering(body: BodyInit | null, init?: ResponseInit) {
  const fetched = vi.fn(async (_path: string, _init: RequestInit) => new Response(body, init));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

const GATHERING = { board: 'b', title: 'Stories', role: 'host', seats: 3, hosts: ['Åsa'], observers: [] };
const LINK = {
  id: 'l1',
  role: 'observer',
  link: 'http://x/b/b#t',
  token: 't',
  in_use: 2,
  created_at: 'now',
  revoked: false,
};

describe('the API', () => {
  it('sends the token in the header alone', async () => {
    const fetched = answering(JSON.stringify(GATHERING));
    expect(await gathering('a b', 'secret')).toEqual(GATHERING);
    const [path, init] = fetched.mock.calls[0] ?? [];
    expect(path).toBe('/api/boards/a%20b');
    expect(init?.headers).toEqual({ Authorization: 'Bearer secret' });
  });

  it('reads links, makes one and withdraws one', async () => {
    answering(JSON.stringify({ links: [LINK] }));
    const { in_use: inUse, created_at: createdAt, ...rest } = LINK;
    expect(await links('b', 't')).toEqual([{ ...rest, inUse, createdAt, closed: false }]);
    const made = answering(JSON.stringify(LINK));
    expect((await newLink('b', 't', 'observer')).id).toBe('l1');
    expect(made.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', body: '{"role":"observer"}' });
    const removed = answering(null, { status: 204 });
    await revokeLink('b', 't', 'l1', true);
    expect(removed.mock.calls[0]?.[0]).toBe('/api/boards/b/links/l1?confirm=own');
  });

  it('asks for a short code, and for the link behind one without any token', async () => {
    const made = answering(JSON.stringify({ code: 'ACD347', expires_at: 1_800_086_400 }));
    expect(await newCode('b', 't', 'l1')).toEqual({ code: 'ACD347', expiresAt: 1_800_086_400 });
    expect(made.mock.calls[0]?.[0]).toBe('/api/boards/b/links/l1/code');
    const found = answering(JSON.stringify({ link: 'https://harvest.example/b/abc#T' }));
    expect(await linkOfCode('acd 347')).toBe('https://harvest.example/b/abc#T');
    const [path, sent] = found.mock.calls[0] ?? [];
    expect(path).toBe('/api/join');
    expect(sent).toMatchObject({ method: 'POST', body: '{"code":"acd 347"}' });
    expect(sent?.headers).not.toHaveProperty('Authorization');
  });

  it('turns every failure into an error with a code', async () => {
    answering(JSON.stringify({ error: { code: 'revoked', message: 'This link has been withdrawn.' } }), {
      status: 403,
    });
    await expect(gathering('b', 't')).rejects.toEqual(new ApiError('revoked', 'This link has been withdrawn.', 403));
    answering('<html>', { status: 502 });
    await expect(gathering('b', 't')).rejects.toMatchObject({ code: 'malformed', status: 502 });
    answering('<html>');
    await expect(gathering('b', 't')).rejects.toMatchObject({ code: 'malformed' });
    answering(JSON.stringify({ ...GATHERING, role: 'king' }));
    await expect(gathering('b', 't')).rejects.toMatchObject({ code: 'malformed' });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    await expect(gathering('b', 't')).rejects.toMatchObject({ code: 'network', status: 0 });
  });

  it('loads a board piece by piece and tells how far it is', async () => {
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(Uint8Array.of(1, 2));
        controller.enqueue(Uint8Array.of(3));
        controller.close();
      },
    });
    answering(body, { headers: { 'Harvestry-Epoch': '2', 'Harvestry-Seq': '812', 'Content-Length': '3' } });
    const progress: unknown[] = [];
    const loaded = await loadState('b', 't', (received, total) => progress.push([received, total]));
    expect(loaded).toEqual({ update: Uint8Array.of(1, 2, 3), position: { epoch: 2, seq: 812 } });
    expect(progress).toEqual([
      [2, 3],
      [3, 3],
    ]);
  });

  it('does not take an answer without a position for a board', async () => {
    answering('x');
    await expect(loadState('b', 't')).rejects.toMatchObject({ code: 'malformed' });
  });
});
