/** Some actions are refused once, with the people whom they concern by name, and done when that is answered by one of their fields: the field
 * is shown only after the question. */
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'

import { act, type Given } from '@/api/acting'
import type { Schemas } from '@/api/client'
import { Problem } from '@/api/problem'
import { drawn, sentAnswers, type Answers } from '@/kit/asked'

type Action = Schemas['AllowedAction']

export interface Question {
  /** For the dialog: what it does not ask yet. */
  given: ComputedRef<Given>
  /** Hears what stands in the dialog. */
  answers: (now: Answers) => void
  perform: (action: Action, reason: string) => Promise<void>
}

/** `code` is that of the refusal that asks, `answer` the field that answers it. */
export function useQuestion(action: Ref<Action | null>, code: string, answer: string): Question {
  const asked = ref(false)
  const given = computed((): Given => (asked.value || !action.value?.fields.some((each) => each.name === answer) ? {} : { [answer]: false }))
  let typed: Answers = {}
  watch(action, () => (asked.value = false))

  async function perform(doing: Action, reason: string): Promise<void> {
    try {
      await act(doing, { ...given.value, ...sentAnswers(drawn(doing, given.value), typed), reason: reason || null })
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === code) asked.value = true
      throw thrown
    }
  }
  return { given, answers: (now) => (typed = now), perform }
}
