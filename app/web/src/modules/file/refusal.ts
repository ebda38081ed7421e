import { ApiError, asApiError } from '@/api/errors';

/**
 * A refusal for one field alone, in the words for that field: there are no fields here at which they could stand, and
 * "one thing is wrong" helps nobody.
 */
export function plainly(error: unknown): ApiError {
  const failure = asApiError(error);
  const said = failure.fields.length === 1 ? failure.fields[0].message : '';
  if (!said) return failure;
  const { status, code, params, requestId } = failure;
  return new ApiError({ status, code, params, requestId, detail: said });
}
