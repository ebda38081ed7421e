import type { Upload } from '@/api/types';
import { asApiError } from '@/api/errors';

/** What the sending of a file needs of the outside, so that it can be tested without one. */
export interface Line {
  send: (id: number, offset: number, piece: Blob, signal: AbortSignal) => Promise<Upload>;
  /** Waits before another try; ends early when the signal says so. */
  pause: (ms: number, signal: AbortSignal) => Promise<void>;
  now: () => number;
}

const first = 1 << 20;
const tries = 6;

/** A piece takes about two seconds: long ones on a fast line, short ones where progress would stand still. */
export function nextSize(size: number, took: number, upload: Pick<Upload, 'minPiece' | 'maxPiece'>): number {
  const wanted = took < 1500 ? size * 2 : took > 6000 ? size / 2 : size;
  return Math.round(Math.min(upload.maxPiece, Math.max(upload.minPiece, wanted)));
}

/** Where the next piece ends. Only the last one may be shorter than the server takes. */
export function pieceEnd(upload: Pick<Upload, 'received' | 'size' | 'maxPiece'>, size: number): number {
  return Math.min(upload.size, upload.received + Math.min(size, upload.maxPiece));
}

/**
 * Sends what is missing of a file. A line that breaks and a server that is away for a moment are tried again; where the
 * server stands is what counts, whatever was thought here.
 */
export async function sendAll(
  line: Line,
  file: Blob,
  start: Upload,
  signal: AbortSignal,
  progress: (received: number) => void,
): Promise<Upload> {
  let upload = start;
  let size = first;
  let failures = 0;
  while (upload.received < upload.size) {
    const began = line.now();
    try {
      const piece = file.slice(upload.received, pieceEnd(upload, size));
      upload = await line.send(upload.id, upload.received, piece, signal);
      size = nextSize(size, line.now() - began, upload);
      failures = 0;
    } catch (cause) {
      if (signal.aborted) throw cause;
      const failure = asApiError(cause);
      if (failure.code === 'file.offset' && failure.current && failures < tries) {
        upload = failure.current as Upload;
        failures += 1;
      } else if (
        (failure.status === 0 || failure.status >= 500 || failure.status === 429 || failure.code === 'file.cut_off') &&
        failures < tries
      ) {
        failures += 1;
        size = nextSize(size, Infinity, upload);
        await line.pause(500 * 2 ** failures, signal);
      } else throw cause;
    }
    progress(upload.received);
  }
  return upload;
}
