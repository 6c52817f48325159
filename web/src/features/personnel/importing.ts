/** A sheet of people on its way (BEY-07): looked through first, taken in by a second press, as a job when it is long (PLAT-09). */
import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import { answered, api, once, type Schemas } from '@/api/client'
import type { Problem } from '@/api/problem';
import { asProblem } from '@/api/problem'

export type Report = Schemas['ImportReport']
type Job = Schemas['JobRead']
type Mode = Schemas['ImportMode']
const PAUSE = 1000

export interface Import {
  file: ShallowRef<File | null>
  report: ShallowRef<Report | null>
  job: ShallowRef<Job | null>
  problem: ShallowRef<Problem | null>
  busy: Ref<boolean>
  /** Whether rows may still be taken in from this very file. */
  open: ComputedRef<boolean>
  take: (file: File) => Promise<void>
  send: (mode: Mode) => Promise<void>
  /** The very file back, with what is wrong in its cells. */
  annotated: () => Promise<unknown>
  cancel: () => Promise<void>
}

export function useImport(): Import {
  const file = shallowRef<File | null>(null)
  const report = shallowRef<Report | null>(null)
  const job = shallowRef<Job | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const busy = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))

  async function follow(): Promise<void> {
    if (!job.value || job.value.ended_at) return
    const params = { path: { job_id: job.value.id } }
    try {
      receive(await answered(api.GET('/api/training/jobs/{job_id}', { params })))
    } catch (thrown) {
      problem.value = asProblem(thrown)
    }
  }

  function receive(now: Job): void {
    job.value = now
    // What came of a job is the report that a short sheet is answered with at once.
    if (now.result && 'error_count' in now.result) report.value = now.result as unknown as Report
    if (!now.ended_at) timer = setTimeout(() => void follow(), PAUSE)
  }

  async function send(mode: Mode): Promise<void> {
    if (!file.value || busy.value) return
    busy.value = true
    problem.value = null
    report.value = job.value = null
    const form = new FormData()
    form.set('file', file.value)
    try {
      const answer = await answered(
        api.POST('/api/training/personnel-import', {
          params: { query: { mode } },
          headers: once(),
          // The body is multipart: the types speak of its parts, the browser sends the form.
          body: form as unknown as Schemas['Body_import_personnel'],
          bodySerializer: () => form,
        }),
      )
      if ('error_count' in answer) report.value = answer
      else receive(answer)
    } catch (thrown) {
      problem.value = asProblem(thrown)
    } finally {
      busy.value = false
    }
  }

  async function take(next: File): Promise<void> {
    clearTimeout(timer)
    file.value = next
    await send('preview')
  }

  function annotated(): Promise<unknown> {
    const form = new FormData()
    form.set('file', file.value!)
    return answered(
      api.POST('/api/training/personnel-import/annotated', {
        body: form as unknown as Schemas['Body_annotate_personnel'],
        bodySerializer: () => form,
        parseAs: 'blob',
      }),
    )
  }

  async function cancel(): Promise<void> {
    if (!job.value) return
    try {
      receive(await answered(api.POST('/api/training/jobs/{job_id}/cancel', { params: { path: { job_id: job.value.id } } })))
    } catch (thrown) {
      problem.value = asProblem(thrown)
    }
  }

  const open = computed(() => report.value !== null && !report.value.applied && !busy.value)
  return { file, report, job, problem, busy, open, take, send, annotated, cancel }
}
