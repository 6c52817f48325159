/** How long it is until a day or a moment ends, in words, counted on while the page is open. */
import { computed, onScopeDispose, ref, type ComputedRef } from 'vue'

import { beijingDay } from '@/kit/beijing'

const DAY = 86_400_000
const MINUTE = 60_000
type Urgency = 'black' | 'amber' | 'red'

export interface Countdown {
  words: string
  colour: Urgency
}

/** Until the end of a day as `2026-03-09`, or until a moment as the API writes it. */
export function leftUntil(until: string, now: Date): Countdown {
  return until.length === 10 ? leftOfDays(until, now) : leftOfTime(new Date(until).getTime() - now.getTime())
}

function leftOfDays(until: string, now: Date): Countdown {
  const days = Math.round((Date.parse(until) - Date.parse(beijingDay(now))) / DAY)
  if (days < 0) return { words: `已截止 ${-days} 天`, colour: 'red' }
  return { words: days ? `还有 ${days} 天` : '今天截止', colour: days < 3 ? 'red' : days < 7 ? 'amber' : 'black' }
}

function leftOfTime(left: number): Countdown {
  if (left <= 0) return { words: '已截止', colour: 'red' }
  const minutes = Math.ceil(left / MINUTE)
  if (minutes < 60) return { words: `还有 ${minutes} 分钟`, colour: 'red' }
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return { words: `还有 ${hours} 小时 ${minutes % 60} 分钟`, colour: 'amber' }
  return { words: `还有 ${Math.floor(hours / 24)} 天`, colour: 'black' }
}

/** The same, anew every half minute. */
export function useCountdown(until: () => string): ComputedRef<Countdown> {
  const now = ref(new Date())
  const timer = setInterval(() => (now.value = new Date()), MINUTE / 2)
  onScopeDispose(() => clearInterval(timer))
  return computed(() => leftUntil(until(), now.value))
}
