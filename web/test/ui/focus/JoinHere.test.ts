import { expect, it } from 'vitest';
import { ApiError } from '../../../src/net/api.ts';
import { wayNow } from '../../../src/ui/focus/JoinHere.tsx';

it('shows the way in until the server says that there is none', async () => {
  const door = { link: 'https://there.example/b/x#y', code: '123456', expiresAt: 1, qr: '' };
  expect(await wayNow(Promise.resolve(door))).toMatchObject({ address: 'there.example/join', code: '123456' });
  expect(await wayNow(Promise.reject(new ApiError('closed', 'Nobody comes in any more.', 404)))).toBeNull();
  expect(await wayNow(Promise.reject(new ApiError('network', 'No answer.', 0)))).toBeUndefined();
});
