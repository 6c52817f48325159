/** When the session ends if nothing is done, and when it ends anyway (AUTH-09, BEY-08). Told in seconds by the API and counted here, because
 * nobody knows what an office computer's clock says. */
import { lastHeard } from '@/api/activity'
import type { Schemas } from '@/api/client'

export const WARN_SECONDS = 5 * 60

export interface SessionEnd {
  secondsLeft: number
  /** Whether going on keeps it: its last hour has not come. */
  canStay: boolean
}

/** `told` is what the API said of the session at `toldAt`; both times in milliseconds of this computer's clock. */
export function endOf(told: Pick<Schemas['CurrentSession'], 'seconds_left' | 'idle_seconds'>, toldAt: number, now: number, heardAt = lastHeard()): SessionEnd {
  const whatever = told.seconds_left - (now - toldAt) / 1000
  const idle = told.idle_seconds - (now - heardAt) / 1000
  return { secondsLeft: Math.round(Math.min(whatever, idle)), canStay: idle < whatever }
}
