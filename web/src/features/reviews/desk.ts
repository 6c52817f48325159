/** The review desk: the registration that lies on it, the one that comes next read ahead, numbers shown in clear once somebody is at it, and
 * who else is (STAFF-02, STAFF-03, PLAT-05, TRN-51). */
import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'

import { answered, api, type Schemas } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { Wanted } from '@/features/reviews/list'

export type Review = Schemas['ReviewRead']
export type Action = Schemas['AllowedAction']
type Numbers = Schemas['ReviewOpened']
const SIGN_OF_LIFE = 45_000

const of = (id: string) => ({ path: { registration_id: id } })

/** Without the numbers, and without counting as a look. */
export function readAhead(id: string, wanted: Wanted): Promise<Review> {
  const query = { ...wanted, ahead: true }
  return answered(api.GET('/api/training/reviews/{registration_id}', { params: { ...of(id), query } }))
}

/** The record with its numbers in clear. */
export function inClear(review: Review, numbers: Numbers): Review {
  const { resident_id, mobile, landline, recipient_phone } = numbers
  const facts = review.registration.facts.map((each) => (each.name === 'resident_id' ? { ...each, value: resident_id } : each))
  return {
    ...review,
    registration: { ...review.registration, resident_id, recipient_phone, facts },
    staff: { ...review.staff, resident_id, mobile, landline },
  }
}

export function actionOf(review: Review | null, name: string): Action | undefined {
  return review?.registration.allowed_actions.find((each) => each.action === name)
}

export interface Desk {
  review: ShallowRef<Review | null>
  problem: ShallowRef<Problem | null>
  colleagues: ShallowRef<Schemas['Colleague'][]>
  /** Reads it anew after something was done with it. */
  reload: () => Promise<void>
  /** What was read ahead of this one is no longer so. */
  forget: (id: string) => void
}

export function useDesk(id: Ref<string>, wanted: Ref<Wanted>): Desk {
  const review = shallowRef<Review | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const colleagues = shallowRef<Schemas['Colleague'][]>([])
  const ahead = new Map<string, Review>()
  let numbers: { id: string; read: Numbers } | null = null
  let timer: ReturnType<typeof setInterval> | undefined

  function put(now: Review): void {
    const own = numbers?.id === now.registration.registration_id ? numbers.read : null
    review.value = own ? inClear(now, own) : now
  }

  async function look(one: string): Promise<void> {
    try {
      const now = await readAhead(one, wanted.value)
      if (one !== id.value) return
      put(now)
      problem.value = null
      for (const each of [now.next, now.previous]) if (each) void prepare(each)
    } catch (thrown) {
      if (one === id.value) problem.value = asProblem(thrown)
    }
  }

  /** What cannot be read ahead is read when it is wanted. */
  async function prepare(one: string): Promise<void> {
    if (ahead.has(one)) return
    await readAhead(one, wanted.value).then((now) => ahead.set(one, now), () => undefined)
  }

  async function open(one: string): Promise<void> {
    try {
      const read = await answered(api.POST('/api/training/reviews/{registration_id}/open', { params: of(one) }))
      if (one !== id.value) return void leave(one)
      numbers = { id: one, read }
      colleagues.value = read.colleagues
      if (review.value?.registration.registration_id === one) put(review.value)
    } catch (thrown) {
      if (one === id.value) problem.value = asProblem(thrown)
    }
  }

  async function stay(): Promise<void> {
    const one = id.value
    try {
      const others = await answered(api.PUT('/api/training/reviews/{registration_id}/presence', { params: of(one) }))
      if (one === id.value) colleagues.value = others
    } catch {
      // The next sign comes soon; a session that has ended says so by itself.
    }
  }

  async function leave(one: string): Promise<void> {
    await answered(api.DELETE('/api/training/reviews/{registration_id}/presence', { params: of(one), keepalive: true })).catch(() => undefined)
  }

  function arrive(one: string, before?: string): void {
    clearInterval(timer)
    if (before) void leave(before)
    colleagues.value = []
    numbers = null
    const known = ahead.get(one)
    ahead.delete(one)
    // What was read ahead is painted at once; what has happened since comes a moment later.
    if (known) put(known)
    void Promise.all([look(one), open(one)])
    timer = setInterval(() => void stay(), SIGN_OF_LIFE)
  }

  const goneNow = () => void leave(id.value)
  watch(id, arrive, { immediate: true, flush: 'sync' })
  watch(wanted, () => ahead.clear())
  window.addEventListener('pagehide', goneNow)
  onScopeDispose(() => {
    clearInterval(timer)
    window.removeEventListener('pagehide', goneNow)
    goneNow()
  })
  return { review, problem, colleagues, reload: () => look(id.value), forget: (one) => void ahead.delete(one) }
}
