/** The background work of whoever is signed in, found again wherever one is (PLAT-09). A page that opens asks nothing unless this tab has begun
 * something; then, and while something runs, the services are asked in which it was begun, and all that the account has to do with when
 * somebody looks. */
import { computed, onScopeDispose, readonly, shallowRef, type ComputedRef, type ShallowRef } from 'vue'

import { answered, api, type Schemas } from '@/api/client'
import { onLongWork } from '@/api/sending'

type Service = Schemas['MeRead']['job_services'][number]
export type Job = Schemas['JobListItem'] & { service: Service }
const PAUSE = 3000
const SHOWN = 10
const BEGUN = 'jobs-begun-in'
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

const isService = (name: string): name is Service => name in ASK
/** Names of services and nothing else; a reload of the tab keeps them. */
const begun = new Set<Service>((globalThis.sessionStorage?.getItem(BEGUN) ?? '').split(',').filter(isService))

function keep(): void {
  globalThis.sessionStorage?.setItem(BEGUN, [...begun].join(','))
}

async function ask(services: readonly Service[]): Promise<void> {
  clearTimeout(timer)
  const query = { limit: SHOWN }
  const lists = await Promise.allSettled(
    services.map((service) => answered(ASK[service](query)).then((page) => page.items.map((job): Job => ({ ...job, service })))),
  )
  const asked = new Set(services.filter((_, index) => lists[index]?.status === 'fulfilled'))
  // A service that was not asked, or does not answer now, has done what it had done.
  const known = [...jobs.value.filter((job) => !asked.has(job.service)), ...lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []))]
  jobs.value = known.sort((one, other) => other.created_at.localeCompare(one.created_at))
  const running = new Set(jobs.value.filter((job) => !job.ended_at).map((job) => job.service))
  for (const service of asked) if (!running.has(service)) begun.delete(service)
  for (const service of running) begun.add(service)
  keep()
  if (followers && begun.size) timer = setTimeout(() => void ask([...begun]), PAUSE)
}

export interface Jobs {
  jobs: Readonly<ShallowRef<readonly Job[]>>
  running: ComputedRef<number>
  /** What this tab knows to be on its way; nothing is asked where it knows of nothing. */
  recall: () => Promise<void>
  /** All there is in these services, for somebody who looks. */
  look: (services: readonly Service[]) => Promise<void>
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
    await ask([job.service])
  }
  return {
    jobs: readonly(jobs) as Jobs['jobs'],
    running: computed(() => jobs.value.filter((job) => !job.ended_at).length),
    recall: async () => {
      if (begun.size) await ask([...begun])
    },
    look: ask,
    cancel,
    fileOf: (job, part) => `/api/${job.service}/jobs/${job.id}/file?part=${part}`,
  }
}

/** Something was begun in a service: the tray shows it at once. */
export function jobBegun(service: Service): void {
  begun.add(service)
  keep()
  if (followers) void ask([...begun])
}
onLongWork((name) => {
  if (isService(name)) jobBegun(name)
})

/** Nobody else's are shown. */
export function forgetJobs(): void {
  clearTimeout(timer)
  begun.clear()
  keep()
  jobs.value = []
}
