/** What a projector shows: a code that renews itself before it lapses, and who has come, asked for every few seconds while it is looked at. */
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'
import { readCode, readLive, type Code, type Live } from '@/features/rosters/roster'

const PAUSE = 3000
/** So long before its end a code is asked for anew: who scans has time to type. */
const AHEAD = 20_000

export interface Screen {
  code: ShallowRef<Code | null>
  live: ShallowRef<Live | null>
  problem: ShallowRef<Problem | null>
}

export function useScreen(sessionId: string): Screen {
  const code = shallowRef<Code | null>(null)
  const live = shallowRef<Live | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const ended = new AbortController()

  async function refresh(): Promise<void> {
    try {
      const lapses = code.value && Date.parse(code.value.expires_at) - Date.now() < AHEAD
      const [fresh, now] = await Promise.all([code.value && !lapses ? code.value : readCode(sessionId, ended.signal), readLive(sessionId, ended.signal)])
      code.value = fresh
      live.value = now
      problem.value = null
    } catch (thrown) {
      if (!ended.signal.aborted) problem.value = asProblem(thrown)
    }
  }

  const timer = setInterval(() => document.hidden || void refresh(), PAUSE)
  void refresh()
  onScopeDispose(() => {
    ended.abort()
    clearInterval(timer)
  })
  return { code, live, problem }
}
