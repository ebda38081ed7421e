/** Pages on the way in: somebody who is in has nothing to do there. */
const entries = new Set(['/login', '/setup', '/password']);

/**
 * The page asked for before the log-in, if it is one of ours. The address comes from outside, and browsers read
 * "//host", "/\host" and "/<tab>/host" as other hosts; so the browser itself says where it would lead.
 */
export function ownPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/')) return '/';
  try {
    const url = new URL(wanted, location.origin);
    if (url.origin !== location.origin || url.pathname.startsWith('//') || entries.has(url.pathname)) return '/';
    return url.pathname + url.search + url.hash;
  } catch {
    return '/';
  }
}
