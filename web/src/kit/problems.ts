/** A form's state of being wrong: the problem for the summary, and each field's own words. */
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'

export interface FormProblems {
  problem: ShallowRef<Problem | null>
  of: ComputedRef<(field: string) => string | undefined>
  /** Runs the work; what it throws becomes the form's problem. True when it went well. */
  attempt: (work: () => Promise<void>) => Promise<boolean>
  busy: ShallowRef<boolean>
}

export function useProblems(): FormProblems {
  const problem = shallowRef<Problem | null>(null)
  const busy = shallowRef(false)
  const of = computed(() => (field: string) => {
    const messages = problem.value?.errors.filter((each) => each.field === field).map((each) => each.message) ?? []
    return messages.length ? messages.join('；') : undefined
  })

  async function attempt(work: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    problem.value = null
    try {
      await work()
      return true
    } catch (thrown) {
      problem.value = asProblem(thrown)
      return false
    } finally {
      busy.value = false
    }
  }
  return { problem, of, attempt, busy }
}
