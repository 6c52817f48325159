/** What lists have been answered, for a few minutes: whoever comes back to one sees it as it was, where it was, while it is asked anew. It is one
 * account's, and gone with its session. */
import { QueryClient, type VueQueryPluginOptions } from '@tanstack/vue-query'
import { onScopeDispose } from 'vue'

const MINUTES = 5 * 60_000
// The client of api/ asks again by itself where no answer came, and whether there is a network is for the answer to say.
export const queries = new QueryClient({
  defaultOptions: { queries: { gcTime: MINUTES, staleTime: 0, retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false, networkMode: 'always' } },
})
export const queryOptions: VueQueryPluginOptions = { queryClient: queries, enableDevtoolsV6Plugin: false }

type Ask<In extends readonly unknown[], Out> = (...about: In) => Promise<Out>

/** A way to ask that is let go of with the page. An answer is remembered together with the function that brought it, and a function made in a page
 * holds all of that page, its elements among them, for as long as the answer is remembered. */
export function whileHere<In extends readonly unknown[], Out>(ask: Ask<In, Out>): Ask<In, Out> {
  const held: { ask?: Ask<In, Out> } = { ask }
  onScopeDispose(() => delete held.ask)
  return askingBy(held)
}

// Made out here, so that it holds nothing but what may be emptied.
function askingBy<In extends readonly unknown[], Out>(held: { readonly ask?: Ask<In, Out> }): Ask<In, Out> {
  return (...about) => held.ask?.(...about) ?? Promise.reject(new DOMException('The page was left', 'AbortError'))
}
