/** What a form has still to be given or put right, as it is typed: for the step at which one is, for each field, and for the list of steps. */
import { computed, ref, type Ref } from 'vue'

import type { FieldProblem, Problem } from '@/api/problem'
import type { OwnApplication } from '@/features/applications/application'
import { labelOf, stepOf, STEPS, type Definition } from '@/features/applications/form'
import type { Step } from '@/kit/StatusStepper.vue'

export const INCOMPLETE = 'incomplete'

export function useOutstanding(definition: () => Definition, application: OwnApplication, at: Ref<number>, problem: Ref<Problem | null>) {
  const { own, errors, hints } = application
  const skippable = ref(false)
  const outstanding = computed<FieldProblem[]>(() => {
    const wrong = new Set(errors.value.map((each) => each.field))
    return [...errors.value, ...(own.value?.missing ?? []).filter((each) => !wrong.has(each.field))]
  })
  const unsaved = computed(() => errors.value.map((each) => labelOf(definition(), each.field)))
  const steps = computed<Step[]>(() =>
    STEPS.map((label, step) => {
      if (step === at.value) return { label, state: 'here' }
      if (step > at.value) return { label, state: 'next' }
      const left = within(step).length
      return left ? { label, state: 'wrong', note: `还有 ${left} 项` } : { label, state: 'done' }
    }),
  )

  function within(step: number): FieldProblem[] {
    return outstanding.value.filter((each) => stepOf(definition(), each.field) === step)
  }

  function errorOf(field: string): string | undefined {
    const wrong = errors.value.find((each) => each.field === field)
    const named = wrong ?? problem.value?.errors.find((each) => each.field === field)
    // What was lacking when 下一步 was pressed may have been filled in since.
    const current = problem.value?.code === INCOMPLETE ? outstanding.value.find((each) => each.field === field) : named
    return named && current?.message
  }

  function hintOf(field: string): string | undefined {
    return hints.value.find((each) => each.field === field)?.message
  }

  return { outstanding, unsaved, steps, skippable, within, errorOf, hintOf }
}
