/** Asking the API for what a page shows: the newest question wins, and one whose page was left is cancelled. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'
import { waitedFor } from '@/kit/together'

export interface Loaded<T> {
  data: ShallowRef<T | null>
  problem: ShallowRef<Problem | null>
  loading: Ref<boolean>
  load: () => Promise<void>
}

/** `ask` is called by `load()`, with a signal that ends when a newer question is asked or the page is left. */
export function useLoaded<T>(ask: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const loading = ref(false)
  let current = new AbortController()
  onScopeDispose(() => current.abort())
  const expect = waitedFor()

  function load(): Promise<void> {
    const answer = newest()
    expect(answer)
    return answer
  }

  async function newest(): Promise<void> {
    current.abort()
    const mine = new AbortController()
    current = mine
    loading.value = true
    try {
      const answer = await ask(mine.signal)
      if (mine.signal.aborted) return
      data.value = answer
      problem.value = null
    } catch (thrown) {
      if (mine.signal.aborted) return
      problem.value = asProblem(thrown)
    }
    loading.value = false
  }

  return { data, problem, loading, load }
}
