import type { Problem } from './types';

type FieldProblem = NonNullable<NonNullable<Problem['errors']>[number]>;

/** Every failed call ends as one of these: the server's problem, or the network's with status 0. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly params: Record<string, unknown>;
  readonly fields: FieldProblem[];
  readonly requestId: string;
  readonly current: unknown;

  constructor(problem: Partial<Problem> & { status: number }) {
    super(problem.code ?? `http.${problem.status}`);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code ?? '';
    this.detail = problem.detail ?? '';
    this.params = problem.params ?? {};
    this.fields = problem.errors ?? [];
    this.requestId = problem.requestId ?? '';
    this.current = problem.current;
  }

  get offline(): boolean {
    return this.status === 0;
  }
  get stale(): boolean {
    return this.status === 409 && this.current !== undefined && this.current !== null;
  }
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  return new ApiError({ status: error instanceof TypeError ? 0 : -1, code: 'client.failed' });
}
