/**
 * Looking something up for what stands in a field: the answer, or the refusal, is shown only beside the very question that it was given to.
 * When the question is another, what is still on its way is called off, and nothing of an earlier one is left standing. Unlike the problem of
 * a form it takes no focus: one is typing.
 */
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'

import { asProblem, type Problem } from '@/api/problem'

export interface LookUp<A> {
  answer: ComputedRef<A | null>
  problem: ComputedRef<Problem | null>
  busy: Ref<boolean>
  /** Asks; gives null when it was refused, or the question became another meanwhile. */
  look: () => Promise<A | null>
}

/** `question` is what the answer depends on; `ask` gets it with a signal that ends when it is another, or the page is left. */
export function useLookUp<Q, A>(question: () => Q, ask: (question: Q, signal: AbortSignal) => Promise<A | null>): LookUp<A> {
  const words = computed(() => JSON.stringify(question()))
  const found = shallowRef<{ words: string; answer: A | null; problem: Problem | null } | null>(null)
  const busy = ref(false)
  const present = computed(() => (found.value?.words === words.value ? found.value : null))
  let asking = new AbortController()

  function callOff(): void {
    asking.abort()
    busy.value = false
  }
  watch(words, callOff, { flush: 'sync' })
  onScopeDispose(callOff)

  async function look(): Promise<A | null> {
    callOff()
    const mine = new AbortController()
    asking = mine
    const asked = words.value
    found.value = null
    busy.value = true
    let answer: A | null = null
    let problem: Problem | null = null
    try {
      answer = await ask(question(), mine.signal)
    } catch (thrown) {
      problem = asProblem(thrown)
    }
    if (mine.signal.aborted) return null
    busy.value = false
    found.value = { words: asked, answer, problem }
    return answer
  }

  return {
    answer: computed(() => present.value?.answer ?? null),
    problem: computed(() => present.value?.problem ?? null),
    busy,
    look,
  }
}
