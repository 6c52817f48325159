/** Numbers that live while a page is looked at: asked for every few seconds, not at all while the page is in the background (TRN-72). */
import { onScopeDispose, shallowRef, type Ref, type ShallowRef } from 'vue'

import type { Schemas } from '@/api/client'
import { changedRows, readSeats } from '@/features/selections/selection'

const PAUSE = 4000
const PULSE = 1500

export interface LiveNumbers {
  seats: ShallowRef<Schemas['LiveSeats'] | null>
  /** What has just changed, to be seen once. */
  changed: ShallowRef<ReadonlySet<string>>
}

export function useLiveSeats(planId: Ref<string>): LiveNumbers {
  const seats = shallowRef<Schemas['LiveSeats'] | null>(null)
  const changed = shallowRef<ReadonlySet<string>>(new Set())
  const ended = new AbortController()
  let pulse: ReturnType<typeof setTimeout> | undefined

  async function refresh(): Promise<void> {
    const asked = planId.value
    try {
      const now = await readSeats(asked, ended.signal)
      if (asked !== planId.value) return
      const different = changedRows(seats.value, now)
      seats.value = now
      if (!different.size) return
      changed.value = different
      clearTimeout(pulse)
      pulse = setTimeout(() => (changed.value = new Set()), PULSE)
    } catch {
      // The next look comes soon; whoever takes a place is told the truth by the API in any case.
    }
  }

  const timer = setInterval(() => document.hidden || void refresh(), PAUSE)
  const back = () => document.hidden || void refresh()
  document.addEventListener('visibilitychange', back)
  void refresh()
  onScopeDispose(() => {
    ended.abort()
    clearInterval(timer)
    clearTimeout(pulse)
    document.removeEventListener('visibilitychange', back)
  })
  return { seats, changed }
}
