/** A group's sheet on its way (BEY-17): looked through first, kept by a second press as a job (PLAT-09). */
import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import { answered, api, once, type Schemas } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import { words } from '@/api/vocabulary'

export type Report = Schemas['GroupSheetReport']
type Job = Schemas['JobRead']
const PAUSE = 1000

export const outcomes = words('declaration', 'RowOutcome')

export interface GroupSheet {
  file: ShallowRef<File | null>
  report: ShallowRef<Report | null>
  job: ShallowRef<Job | null>
  problem: ShallowRef<Problem | null>
  busy: Ref<boolean>
  /** Whether this very file may still be kept. */
  open: ComputedRef<boolean>
  take: (file: File) => Promise<void>
  keep: (overwrite: boolean) => Promise<void>
  annotated: () => Promise<unknown>
  cancel: () => Promise<void>
}

export function template(): Promise<unknown> {
  return answered(api.GET('/api/declaration/group-sheet/template', { parseAs: 'blob' }))
}

function formOf(file: File): FormData {
  const form = new FormData()
  form.set('file', file)
  return form
}

export function useGroupSheet(): GroupSheet {
  const file = shallowRef<File | null>(null)
  const report = shallowRef<Report | null>(null)
  const job = shallowRef<Job | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const busy = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))

  function receive(now: Job): void {
    job.value = now
    // What came of a job is a report like that of the check.
    if (now.result && 'rows' in now.result) report.value = now.result as unknown as Report
    if (!now.ended_at) timer = setTimeout(() => void follow(), PAUSE)
  }

  async function follow(): Promise<void> {
    if (!job.value || job.value.ended_at) return
    const params = { path: { job_id: job.value.id } }
    try {
      receive(await answered(api.GET('/api/declaration/jobs/{job_id}', { params })))
    } catch (thrown) {
      problem.value = asProblem(thrown)
    }
  }

  async function send(mode: Schemas['SheetMode'], overwrite: boolean): Promise<void> {
    if (!file.value || busy.value) return
    busy.value = true
    problem.value = report.value = job.value = null
    const form = formOf(file.value)
    try {
      const answer = await answered(
        api.POST('/api/declaration/group-sheet', {
          params: { query: { mode, overwrite } },
          headers: once(),
          // The body is multipart: the types speak of its parts, the browser sends the form.
          body: form as unknown as Schemas['Body_take_group_sheet'],
          bodySerializer: () => form,
        }),
      )
      if ('rows' in answer) report.value = answer
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
    await send('preview', false)
  }

  function annotated(): Promise<unknown> {
    const form = formOf(file.value!)
    const body = form as unknown as Schemas['Body_annotate_group_sheet']
    return answered(api.POST('/api/declaration/group-sheet/annotated', { body, bodySerializer: () => form, parseAs: 'blob' }))
  }

  async function cancel(): Promise<void> {
    if (!job.value) return
    try {
      receive(await answered(api.POST('/api/declaration/jobs/{job_id}/cancel', { params: { path: { job_id: job.value.id } } })))
    } catch (thrown) {
      problem.value = asProblem(thrown)
    }
  }

  const open = computed(() => report.value !== null && !report.value.applied && !busy.value)
  return { file, report, job, problem, busy, open, take, keep: (overwrite) => send('apply', overwrite), annotated, cancel }
}

export function summary(report: Report): string {
  const parts: [string, number][] = [
    ['可以保存', report.ready],
    ['已保存', report.saved],
    ['没有变化', report.same],
    ['下载模板后已被修改', report.conflicts],
    ['有误', report.wrong],
  ]
  const told = parts.filter(([, count]) => count).map(([label, count]) => `${label} ${count}`)
  return `共 ${report.total} 个单位：${told.join('，')}。`
}
