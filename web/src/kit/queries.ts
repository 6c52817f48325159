/** What lists have been answered, for a few minutes: whoever comes back to one sees it as it was, where it was, while it is asked anew. It is one
 * account's, and gone with its session. */
import { QueryClient, type VueQueryPluginOptions } from '@tanstack/vue-query'

const MINUTES = 5 * 60_000
// The client of api/ asks again by itself where no answer came, and whether there is a network is for the answer to say.
export const queries = new QueryClient({
  defaultOptions: { queries: { gcTime: MINUTES, staleTime: 0, retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false, networkMode: 'always' } },
})
export const queryOptions: VueQueryPluginOptions = { queryClient: queries, enableDevtoolsV6Plugin: false }
