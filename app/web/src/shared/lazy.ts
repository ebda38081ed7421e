import { type Component, defineAsyncComponent } from 'vue';
import { tellProblem } from './problem';

/**
 * A part of a page whose code comes when it is first needed. A network that changes under the hand drops what is under
 * way, so it is asked for again before anybody is told.
 */
export function lazy<T extends Component>(load: () => Promise<{ default: T }>): T {
  return defineAsyncComponent({
    loader: load,
    onError: (error, retry, fail, attempts) => {
      if (attempts <= 4) {
        window.setTimeout(retry, 250 * attempts);
        return;
      }
      tellProblem(error);
      fail();
    },
  }) as T;
}
