/** A form that the API looks at while it is typed, where it is no record of its own (`RecordForm` does that by itself): asked after a pause,
 * the newest answer wins. */
import { onScopeDispose, shallowRef, watch } from 'vue'

import type { Checked } from '@/kit/recordForm'
import { isSameField } from '@/kit/labels'

const PAUSE = 400

export interface Checking {
  /** What is wrong with a field. */
  of: (field: string) => string | undefined
}

export function useChecked(typed: () => unknown, ask: (signal: AbortSignal) => Promise<Checked>): Checking {
  const answer = shallowRef<Checked | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = new AbortController()

  async function look(): Promise<void> {
    asking.abort()
    const mine = new AbortController()
    asking = mine
    try {
      const now = await ask(mine.signal)
      if (!mine.signal.aborted) answer.value = now
    } catch {
      // Nothing is lost by a check that did not come: saving says what is wrong.
    }
  }

  watch(
    () => JSON.stringify(typed()),
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => void look(), PAUSE)
    },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    asking.abort()
  })
  return {
    of: (field) => answer.value?.errors.find((each) => isSameField(each.field, field))?.message,
  }
}
