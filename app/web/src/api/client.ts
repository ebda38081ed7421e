import createClient from 'openapi-fetch';
import type { paths } from './generated/schema';
import { ApiError } from './errors';
import type { Problem } from './types';

/** Set once by the application: what the client cannot know by itself. */
export const hooks: {
  language: () => string;
  onUnauthenticated: () => void;
  onRestricted: () => void;
  onReach: (reachable: boolean) => void;
} = {
  language: () => 'zh-CN',
  onUnauthenticated: () => undefined,
  onRestricted: () => undefined,
  onReach: () => undefined,
};

export const client = createClient<paths>({
  baseUrl: '/api/v1',
  credentials: 'same-origin',
  fetch: async (request) => {
    request.headers.set('Accept-Language', hooks.language());
    try {
      const response = await fetch(request);
      hooks.onReach(true);
      return response;
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
      hooks.onReach(false);
      throw new ApiError({ status: 0, code: 'network.unreachable' });
    }
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Gives the body of an answer or throws an ApiError; there is no third way out. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  const problem = (typeof error === 'object' && error !== null ? error : {}) as Partial<Problem>;
  const failure = new ApiError({ ...problem, status: response.status });
  if (failure.status === 401 && failure.code !== 'org.login_failed') hooks.onUnauthenticated();
  if (failure.code === 'org.password_change_required') hooks.onRestricted();
  throw failure;
}

/** crypto.randomUUID is younger than Chromium 85. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
