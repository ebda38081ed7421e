import { asApiError } from '@/api/errors';
import { problemText } from '@/shared/problem';

/** What is wrong with what was entered, in the server's words for its part where there are some. */
export function refusal(error: unknown): string {
  const parts = asApiError(error).fields.map((f) => f.message);
  return parts.length ? parts.join(' ') : problemText(error);
}
