import { QueryClient } from '@tanstack/vue-query';
import { asApiError } from '@/api/errors';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The live line says what became old; the age is only the net under it.
      staleTime: 30_000,
      refetchOnWindowFocus: true,
      retry: (count, error) => {
        const status = asApiError(error).status;
        return count < 2 && (status === 0 || status >= 500);
      },
      networkMode: 'always',
    },
    mutations: { networkMode: 'always', retry: false },
  },
});
