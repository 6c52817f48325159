/** How many messages nobody has read yet, for the bell in the head. The open inbox tells it; without one it is asked for every minute while the
 * page is seen and somebody is there: what a page asks by itself keeps the session alive, and an empty chair must not (AUTH-09). */
import { onScopeDispose, readonly, ref } from 'vue'

import { answered, api } from '@/api/client'
import { isLive, useLiveInbox } from '@/shell/live'

const PAUSE = 60_000
const EMPTY_CHAIR = 5 * 60_000
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const
const count = ref(0)
export const unread = readonly(count)

export async function countUnread(): Promise<void> {
  try {
    count.value = (await answered(api.GET('/api/notifications/messages/summary'))).unread
  } catch {
    // The number stays as it was; the next look comes soon.
  }
}

export function useUnread(): void {
  useLiveInbox((unread) => (count.value = unread))
  let seen = Date.now()
  let asked = 0
  const isDue = () => !isLive.value && !document.hidden && Date.now() - seen < EMPTY_CHAIR

  function look(): void {
    if (!isDue()) return
    asked = Date.now()
    void countUnread()
  }
  function sign(): void {
    const isBack = Date.now() - seen >= EMPTY_CHAIR
    seen = Date.now()
    if (isBack) look()
  }
  function turned(): void {
    if (document.hidden) return
    seen = Date.now()
    if (seen - asked >= PAUSE) look()
  }
  const timer = setInterval(look, PAUSE)
  for (const each of SIGNS) window.addEventListener(each, sign, { passive: true })
  document.addEventListener('visibilitychange', turned)
  look()
  onScopeDispose(() => {
    clearInterval(timer)
    for (const each of SIGNS) window.removeEventListener(each, sign)
    document.removeEventListener('visibilitychange', turned)
  })
}
