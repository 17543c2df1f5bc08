import { describe, expect, it } from 'vitest';
import { parseQr } from '../../src/ui/qrCode.tsx';

describe('a QR code from the server', () => {
  it('is taken as shapes', () => {
    const svg =
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="330" height="330" class="segno">' +
      '<path transform="scale(10)" stroke="#000" class="qrline" d="M4 4.5h7"/></svg>';
    expect(parseQr(svg)).toEqual({ viewBox: '0 0 330 330', paths: [{ d: 'M4 4.5h7', transform: 'scale(10)' }] });
  });

  it('leaves out a painted background, and keeps the scale of the group', () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="264" height="264"><g transform="scale(8)">' +
      '<path fill="#fff" d="M0 0h33v33h-33z"/><path stroke="#000" d="M4 4.5h7"/></g></svg>';
    expect(parseQr(svg)?.paths).toEqual([{ d: 'M4 4.5h7', transform: 'scale(8)' }]);
  });

  it.each([
    '',
    'not xml',
    '<html xmlns="http://www.w3.org/1999/xhtml"/>',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
  ])('is nothing when it is something else: %j', (text) => {
    expect(parseQr(text)).toBeNull();
  });
});
