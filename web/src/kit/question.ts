/** Some actions are refused once, with the people whom they concern by name, and done when that is answered by one of their fields: the field
 * is shown only after the question. */
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'

import { act, type Given } from '@/api/acting'
import type { Schemas } from '@/api/client'
import { Problem } from '@/api/problem'

type Action = Schemas['AllowedAction']

export interface Question {
  given: Ref<Given>
  /** Those to be shown now. */
  fields: ComputedRef<Action['fields']>
  perform: (action: Action, reason: string) => Promise<void>
}

/** `code` is that of the refusal that asks, `answer` the field that answers it. */
export function useQuestion(action: Ref<Action | null>, code: string, answer: string): Question {
  const given = ref<Given>({})
  const asked = ref(false)
  const fields = computed(() => action.value?.fields.filter((each) => each.name !== answer || asked.value) ?? [])
  watch(action, () => (asked.value = false))

  async function perform(doing: Action, reason: string): Promise<void> {
    try {
      await act(doing, { ...given.value, ...(reason ? { reason } : {}) })
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === code) asked.value = true
      throw thrown
    }
  }
  return { given, fields, perform }
}
