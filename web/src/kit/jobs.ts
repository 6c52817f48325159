/** The background work of whoever is signed in, of all services, found again wherever one is (PLAT-09). While something runs it is asked for
 * anew; otherwise once, when the page is opened and when something was begun. */
import { computed, onScopeDispose, readonly, shallowRef, type ComputedRef, type ShallowRef } from 'vue'

import { answered, api, type Schemas } from '@/api/client'

const SERVICES = ['training', 'certificates', 'declaration', 'auth', 'notifications'] as const
export type Job = Schemas['JobListItem'] & { service: Service }
type Service = (typeof SERVICES)[number]
const PAUSE = 3000
const SHOWN = 10
interface Query {
  limit: number
}
type Params = { path: { job_id: string } }
const CANCEL = {
  training: (params: Params) => api.POST('/api/training/jobs/{job_id}/cancel', { params }),
  certificates: (params: Params) => api.POST('/api/certificates/jobs/{job_id}/cancel', { params }),
  declaration: (params: Params) => api.POST('/api/declaration/jobs/{job_id}/cancel', { params }),
  auth: (params: Params) => api.POST('/api/auth/jobs/{job_id}/cancel', { params }),
  notifications: (params: Params) => api.POST('/api/notifications/jobs/{job_id}/cancel', { params }),
} satisfies Record<Service, unknown>
const ASK = {
  training: (query: Query) => api.GET('/api/training/jobs', { params: { query } }),
  certificates: (query: Query) => api.GET('/api/certificates/jobs', { params: { query } }),
  declaration: (query: Query) => api.GET('/api/declaration/jobs', { params: { query } }),
  auth: (query: Query) => api.GET('/api/auth/jobs', { params: { query } }),
  notifications: (query: Query) => api.GET('/api/notifications/jobs', { params: { query } }),
} satisfies Record<Service, unknown>
const jobs = shallowRef<Job[]>([])
let timer: ReturnType<typeof setTimeout> | undefined
let followers = 0

async function ask(): Promise<void> {
  clearTimeout(timer)
  const query = { limit: SHOWN }
  const lists = await Promise.allSettled(
    SERVICES.map((service) => answered(ASK[service](query)).then((page) => page.items.map((job): Job => ({ ...job, service })))),
  )
  // A service that does not answer now is asked again; what it had done is not forgotten meanwhile.
  const known = lists.flatMap((list, index) => (list.status === 'fulfilled' ? list.value : jobs.value.filter((job) => job.service === SERVICES[index])))
  jobs.value = known.sort((one, other) => other.created_at.localeCompare(one.created_at))
  if (followers && jobs.value.some((job) => !job.ended_at)) timer = setTimeout(() => void ask(), PAUSE)
}

export interface Jobs {
  jobs: Readonly<ShallowRef<readonly Job[]>>
  running: ComputedRef<number>
  refresh: () => Promise<void>
  cancel: (job: Job) => Promise<void>
  fileOf: (job: Job, part: number) => string
}

export function useJobs(): Jobs {
  followers += 1
  onScopeDispose(() => {
    followers -= 1
    if (!followers) clearTimeout(timer)
  })

  async function cancel(job: Job): Promise<void> {
    const params = { path: { job_id: job.id } }
    await answered(CANCEL[job.service](params))
    await ask()
  }
  return {
    jobs: readonly(jobs) as Jobs['jobs'],
    running: computed(() => jobs.value.filter((job) => !job.ended_at).length),
    refresh: ask,
    cancel,
    fileOf: (job, part) => `/api/${job.service}/jobs/${job.id}/file?part=${part}`,
  }
}

/** Something was begun: the tray shows it at once. */
export function jobBegun(): void {
  if (followers) void ask()
}

/** Nobody else's are shown. */
export function forgetJobs(): void {
  clearTimeout(timer)
  jobs.value = []
}
