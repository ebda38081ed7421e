import { asApiError, type ApiError } from '@/api/errors';
import { has, t } from './i18n';
import { toast } from './toast';

/** Words for a failure: the server's own when it has some, else ours by kind. Never the raw error. */
export function problemText(error: unknown): string {
  const failure = asApiError(error);
  if (failure.status === 0) return t('shared.problem.network');
  if (failure.detail) return failure.detail;
  const byStatus = `shared.problem.s${failure.status}`;
  return has(byStatus) ? t(byStatus) : t('shared.problem.other');
}

export function reference(error: unknown): string {
  return asApiError(error).requestId;
}

/** For a failure that belongs to no field and no page part. */
export function tellProblem(error: unknown, text?: string): ApiError {
  const failure = asApiError(error);
  // The page goes to the log-in by itself then; a message on top would only confuse.
  if (failure.status === 401) return failure;
  toast(
    'bad',
    text ?? problemText(failure),
    failure.requestId ? t('shared.problem.id', { id: failure.requestId }) : '',
  );
  return failure;
}

export function tellDone(text: string): void {
  toast('good', text);
}
