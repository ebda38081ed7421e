import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/errors';
import type { Upload } from '@/api/types';
import { decodeText, extension, iconOf, showAs, sizeText } from './kinds';
import { plainly } from './refusal';
import { type Line, nextSize, pieceEnd, sendAll } from './upload';

const MiB = 1 << 20;

function upload(size: number, received = 0): Upload {
  return {
    id: 7,
    ref: { kind: 'task', id: 1 },
    name: 'a',
    size,
    received,
    maxPiece: 8 * MiB,
    minPiece: MiB / 4,
    expiresAt: 0,
  };
}

/** A server that keeps what comes where it belongs. */
function server(size: number, before: (n: number) => void = () => undefined) {
  let received = 0;
  let n = 0;
  const parts: Blob[] = [];
  const line: Line = {
    send: (_, offset, piece) => {
      try {
        before(++n);
      } catch (cause) {
        return Promise.reject(cause as Error);
      }
      if (offset !== received) {
        return Promise.reject(new ApiError({ status: 409, code: 'file.offset', current: upload(size, received) }));
      }
      parts.push(piece);
      received += piece.size;
      return Promise.resolve(upload(size, received));
    },
    pause: vi.fn(() => Promise.resolve()),
    now: () => 0,
  };
  return { line, parts, calls: () => n, skip: (to: number) => (received = to) };
}

describe('sending', () => {
  const file = (size: number) => new Blob([new Uint8Array(size)]);
  const signal = new AbortController().signal;

  it('sends all of it in pieces that grow', async () => {
    const s = server(12 * MiB);
    const told: number[] = [];
    const end = await sendAll(s.line, file(12 * MiB), upload(12 * MiB), signal, (n) => told.push(n));
    expect(end.received).toBe(12 * MiB);
    expect(s.parts.map((p) => p.size / MiB)).toEqual([1, 2, 4, 5]);
    expect(told[told.length - 1]).toBe(12 * MiB);
  });

  it('goes on where an earlier visit has ended, and sends nothing of nothing', async () => {
    const s = server(3 * MiB);
    s.skip(2.5 * MiB);
    await sendAll(s.line, file(3 * MiB), upload(3 * MiB, 2.5 * MiB), signal, () => undefined);
    expect(s.parts.map((p) => p.size / MiB)).toEqual([0.5]);
    const nothing = server(0);
    await sendAll(nothing.line, file(0), upload(0), signal, () => undefined);
    expect(nothing.calls()).toBe(0);
  });

  it('tries again when the line breaks or the server is away, with shorter pieces', async () => {
    const s = server(2 * MiB, (n) => {
      if (n === 1) throw new ApiError({ status: 0 });
      if (n === 2) throw new ApiError({ status: 503 });
    });
    const end = await sendAll(s.line, file(2 * MiB), upload(2 * MiB), signal, () => undefined);
    expect(end.received).toBe(2 * MiB);
    expect(s.parts[0].size).toBe(MiB / 4);
    expect(s.line.pause).toHaveBeenCalledTimes(2);
  });

  it('believes the server about where it stands', async () => {
    const s = server(2 * MiB);
    s.skip(MiB);
    const end = await sendAll(s.line, file(2 * MiB), upload(2 * MiB), signal, () => undefined);
    expect(end.received).toBe(2 * MiB);
    expect(s.parts.map((p) => p.size / MiB)).toEqual([1]);
  });

  it('gives up at once when it is refused, and in the end when nobody answers', async () => {
    const refused = server(MiB, () => {
      throw new ApiError({ status: 403, code: 'access.denied' });
    });
    await expect(sendAll(refused.line, file(MiB), upload(MiB), signal, () => undefined)).rejects.toThrow(
      'access.denied',
    );
    expect(refused.calls()).toBe(1);
    const away = server(MiB, () => {
      throw new ApiError({ status: 0 });
    });
    await expect(sendAll(away.line, file(MiB), upload(MiB), signal, () => undefined)).rejects.toThrow();
    expect(away.calls()).toBe(7);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const s = server(9 * MiB, (n) => {
      if (n < 3) return;
      stop.abort();
      throw new ApiError({ status: 0 });
    });
    await expect(sendAll(s.line, file(9 * MiB), upload(9 * MiB), stop.signal, () => undefined)).rejects.toThrow();
    expect(s.calls()).toBe(3);
  });

  it('keeps pieces within what the server takes', () => {
    const u = upload(100 * MiB);
    expect(nextSize(8 * MiB, 0, u)).toBe(8 * MiB);
    expect(nextSize(MiB, 3000, u)).toBe(MiB);
    expect(nextSize(MiB / 4, 60_000, u)).toBe(MiB / 4);
    expect(pieceEnd(upload(3 * MiB, 2 * MiB), 8 * MiB)).toBe(3 * MiB);
  });
});

describe('kinds', () => {
  it('shows only what the server lets be shown', () => {
    expect(showAs({ type: 'image/png', inline: true })).toBe('image');
    expect(showAs({ type: 'image/svg+xml', inline: false })).toBe('none');
    expect(showAs({ type: 'application/pdf', inline: true })).toBe('pdf');
    expect(showAs({ type: 'video/mp4', inline: true })).toBe('video');
    expect(showAs({ type: 'audio/mpeg', inline: true })).toBe('audio');
    expect(showAs({ type: 'application/json', inline: true })).toBe('text');
  });

  it('names sizes, extensions and pictures of kinds', () => {
    expect([0, 1023, 1024, 1536, 150 * 1024, 5 * MiB, 2 ** 31].map(sizeText)).toEqual([
      '0 B',
      '1,023 B',
      '1 KB',
      '1.5 KB',
      '150 KB',
      '5 MB',
      '2 GB',
    ]);
    expect(['a.tar.gz', '平面图.pdf', 'README', 'x.verylong'].map(extension)).toEqual(['GZ', 'PDF', '', '']);
    expect(['image/png', 'application/zip', 'text/csv', 'application/pdf'].map(iconOf)).toEqual([
      'picture',
      'archive',
      'board',
      'paper',
    ]);
  });

  it('reads texts of both encodings, also when a letter is cut', () => {
    const utf8 = new TextEncoder().encode('中文');
    expect(decodeText(utf8.buffer as ArrayBuffer, false)).toBe('中文');
    expect(decodeText(utf8.slice(0, 5).buffer as ArrayBuffer, true)).toBe('中');
    expect(decodeText(new Uint8Array([0xd6, 0xd0, 0xce, 0xc4]).buffer as ArrayBuffer, false)).toBe('中文');
  });
});

describe('refusals', () => {
  it('says what is wrong with the one field that is', () => {
    const field = { location: 'body.name', code: 'file.bad_name', message: 'no slashes' };
    const one = plainly(new ApiError({ status: 422, code: 'request.invalid', detail: 'one fault', errors: [field] }));
    expect([one.status, one.detail]).toEqual([422, 'no slashes']);
    const two = new ApiError({ status: 422, code: 'request.invalid', detail: 'two faults', errors: [field, field] });
    expect(plainly(two).detail).toBe('two faults');
    expect(plainly(new ApiError({ status: 409, detail: 'too many' })).detail).toBe('too many');
  });
});
