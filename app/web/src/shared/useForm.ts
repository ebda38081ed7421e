import { reactive, ref, type Ref } from 'vue';
import { asApiError } from '@/api/errors';
import { problemText, reference } from './problem';

export interface Form<T extends object> {
  values: T;
  errors: Partial<Record<keyof T & string, string>>;
  /** What failed and belongs to no field. */
  failure: Ref<string>;
  failureId: Ref<string>;
  busy: Ref<boolean>;
  submit: (send: (values: T) => Promise<void>) => Promise<boolean>;
  reset: (values: T) => void;
}

type Check<T> = (values: T) => Partial<Record<keyof T & string, string>>;

/** A form whose field errors come from its own check first and from the server's `errors[].location` then. */
export function useForm<T extends object>(initial: T, check?: Check<T>): Form<T> {
  const values = reactive({ ...initial }) as T;
  const errors = reactive({}) as Partial<Record<keyof T & string, string>>;
  const failure = ref('');
  const failureId = ref('');
  const busy = ref(false);

  function clear(): void {
    for (const key of Object.keys(errors)) delete errors[key as keyof T & string];
    failure.value = '';
    failureId.value = '';
  }
  async function submit(send: (values: T) => Promise<void>): Promise<boolean> {
    if (busy.value) return false;
    clear();
    const wrong = check?.(values) ?? {};
    if (Object.keys(wrong).length > 0) {
      Object.assign(errors, wrong);
      focusFirst();
      return false;
    }
    busy.value = true;
    try {
      await send(values);
      return true;
    } catch (error) {
      const problem = asApiError(error);
      const rest: string[] = [];
      for (const field of problem.fields) {
        const name = field.location.replace(/^body\./, '').split(/[.[]/)[0] as keyof T & string;
        if (name in values) errors[name] ??= field.message;
        else rest.push(field.message);
      }
      if (problem.fields.length === 0 || rest.length > 0) {
        failure.value = rest.join(' ') || problemText(problem);
        failureId.value = reference(problem);
      }
      focusFirst();
      return false;
    } finally {
      busy.value = false;
    }
  }
  function reset(next: T): void {
    clear();
    Object.assign(values, next);
  }
  return { values, errors, failure, failureId, busy, submit, reset };
}

function focusFirst(): void {
  window.setTimeout(() => {
    const field = document.querySelector<HTMLElement>('[aria-invalid="true"]');
    field?.focus();
  });
}
