import type { Attachment } from '@/api/types';
import type { IconName } from '@/shared/icons';
import { currentLanguage } from '@/shared/i18n';

export type Show = 'image' | 'pdf' | 'video' | 'audio' | 'text' | 'none';

/** How a file can be looked at in the page. What may be shown is the server's decision; how it is shown is ours. */
export function showAs(file: Pick<Attachment, 'type' | 'inline'>): Show {
  if (!file.inline) return 'none';
  if (file.type === 'application/pdf') return 'pdf';
  const group = file.type.split('/')[0];
  return group === 'image' || group === 'video' || group === 'audio' ? group : 'text';
}

const archives = /zip|x-tar|gzip|x-7z|x-rar|vnd\.rar|x-bzip|x-xz|zstd/;

export function iconOf(type: string): IconName {
  if (type.startsWith('image/')) return 'picture';
  if (type.startsWith('video/')) return 'film';
  if (type.startsWith('audio/')) return 'sound';
  if (archives.test(type)) return 'archive';
  if (/spreadsheet|excel|csv/.test(type)) return 'board';
  return 'paper';
}

/** The extension is for the eye only: it says what people call such a file. */
export function extension(name: string): string {
  const found = /\.([A-Za-z0-9]{1,5})$/.exec(name);
  return found ? found[1].toUpperCase() : '';
}

const units = ['B', 'KB', 'MB', 'GB'];

export function sizeText(bytes: number): string {
  let n = bytes;
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || n >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: digits }).format(n)} ${units[unit]}`;
}

/** Texts from Chinese machines are UTF-8 or GB18030; what is no UTF-8 is the other. */
export function decodeText(bytes: ArrayBuffer, cut: boolean): string {
  try {
    // At a cut the last letter may be half.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: cut });
  } catch {
    return new TextDecoder('gb18030').decode(bytes, { stream: cut });
  }
}
