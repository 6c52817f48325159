/** One decision for many (STAFF-03): of ticked people with an answer each, or of all that match as a job that goes on without the page
 * (PLAT-09). */
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

import { answered, api, once, type Schemas } from '@/api/client'
import { words } from '@/api/vocabulary'
import { asProblem, type Problem } from '@/api/problem'
import type { Wanted } from '@/features/reviews/list'

export type Job = Schemas['JobRead']
export type Decision = Pick<Schemas['ReviewBatch'], 'action' | 'reason' | 'kind' | 'fields'>
export type Result = Schemas['ItemResult']

export type BatchAction = Schemas['BatchAction']

const PAUSE = 1000
const KEPT = 'review-job'

export const returnKinds = words('training', 'ReturnKind')

/** What can be decided for many, in the API's words, and for how many at once. */
export function batchActions(signal: AbortSignal): Promise<Schemas['BatchActions']> {
  return answered(api.GET('/api/training/reviews/batch-actions', { signal }))
}

export function decideTicked(ids: readonly string[], decision: Decision): Promise<Schemas['BatchRead']> {
  return answered(api.POST('/api/training/reviews/batch', { body: { ...decision, registration_ids: [...ids] }, headers: once() }))
}

export function decideAll(matching: Wanted, expected: number, decision: Decision): Promise<Job> {
  return answered(api.POST('/api/training/reviews/batch-of-all', { body: { ...decision, matching, expected }, headers: once() }))
}

/** What came of the second try stands in the first one's place. */
export function merged(before: readonly Result[], again: readonly Result[]): Result[] {
  const fresh = new Map(again.map((each) => [each.registration_id, each]))
  return before.map((each) => fresh.get(each.registration_id) ?? each)
}

/** Those who were refused by a job, as its result names them. */
export function refusedBy(job: Job): { name: string; reason: string }[] {
  const refused = job.result?.['refused']
  if (!Array.isArray(refused)) return []
  return refused.map((each: Record<string, unknown>) => ({ name: String(each['name'] ?? ''), reason: String(each['reason'] ?? '') }))
}

export interface Following {
  job: ShallowRef<Job | null>
  problem: ShallowRef<Problem | null>
  follow: (job: Job) => void
  cancel: () => Promise<void>
  forget: () => void
}

/** The job of this tab: left and found again. */
export function useReviewJob(ended: () => void): Following {
  const job = shallowRef<Job | null>(null)
  const problem = shallowRef<Problem | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))

  function follow(now: Job): void {
    const was = job.value
    job.value = now
    problem.value = null
    sessionStorage.setItem(KEPT, now.id)
    if (!now.ended_at) timer = setTimeout(() => void look(now.id), PAUSE)
    else if (was && !was.ended_at) ended()
  }

  async function look(id: string): Promise<void> {
    try {
      follow(await answered(api.GET('/api/training/jobs/{job_id}', { params: { path: { job_id: id } } })))
    } catch (thrown) {
      problem.value = asProblem(thrown)
      if (problem.value.status === 404) forget()
      else timer = setTimeout(() => void look(id), 5 * PAUSE)
    }
  }

  async function cancel(): Promise<void> {
    if (!job.value) return
    clearTimeout(timer)
    try {
      follow(await answered(api.POST('/api/training/jobs/{job_id}/cancel', { params: { path: { job_id: job.value.id } } })))
    } catch (thrown) {
      problem.value = asProblem(thrown)
    }
  }

  function forget(): void {
    clearTimeout(timer)
    job.value = problem.value = null
    sessionStorage.removeItem(KEPT)
  }

  const kept = sessionStorage.getItem(KEPT)
  if (kept) void look(kept)
  return { job, problem, follow, cancel, forget }
}
