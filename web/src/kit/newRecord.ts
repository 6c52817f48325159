/** What is typed for a new record, in a form without a definition: it waits with the API until the record is made (BEY-08), and in this tab's
 * memory while the network is gone. */
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'

import { useDraftAtApi } from '@/kit/draftsAtApi'
import { useKept } from '@/kit/kept'

export interface NewRecord {
  unsaved: ComputedRef<boolean>
  restored: Ref<boolean>
  /** What is said beside the button. */
  state: ComputedRef<string>
  discard: () => Promise<void>
  /** The record is there: nothing waits any more. */
  made: () => Promise<void>
}

/** `form` is its name with the API; `values` what is typed, without passwords and codes. */
export function useNewRecord<T extends object>(form: string, values: T): NewRecord {
  const blank = JSON.parse(JSON.stringify(values)) as T
  const kept = useKept(form, values)
  const draft = useDraftAtApi(form)
  const restored = ref(kept.restored.value)
  const isMade = ref(false)

  void draft.load().then((before) => {
    // What this tab still knows, or was typed meanwhile, is newer.
    if (!before || kept.unsaved.value) return
    Object.assign(values, before)
    restored.value = kept.unsaved.value
  })
  watch(
    () => JSON.stringify(values),
    (words) => {
      if (!isMade.value && kept.unsaved.value) draft.keep(JSON.parse(words) as Record<string, unknown>)
    },
  )

  async function made(): Promise<void> {
    isMade.value = true
    kept.settle()
    await draft.drop()
  }
  async function discard(): Promise<void> {
    Object.assign(values, JSON.parse(JSON.stringify(blank)))
    restored.value = false
    kept.settle()
    await draft.drop()
  }
  const state = computed(() => draft.trouble.value || (draft.savedAt.value ? `草稿已暂存 ${draft.savedAt.value}` : ''))
  return { unsaved: computed(() => !isMade.value && kept.unsaved.value), restored, state, discard, made }
}
