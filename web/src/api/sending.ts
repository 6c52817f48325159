/** How requests go out. One that asks is sent again once when no answer came. One that does something carries a key, by which the API does
 * it once (PLAT-03): when its answer was lost, the same request gets the same key, so that pressing again does nothing twice. */
import { heard } from '@/api/activity'

export const KEY = 'Idempotency-Key'
const FRESH = 'fresh'
const PAUSE = 300
const JOB = /^\/api\/([a-z]+)\/jobs\//
const unanswered = new Map<string, string>()
const followers = new Set<(service: string) => void>()

/** Calls `follower` with the service in which long work has just begun: its answer says where that is watched (PLAT-09). */
export function onLongWork(follower: (service: string) => void): void {
  followers.add(follower)
}

function tellOfWork(answer: Response): void {
  const service = answer.status === 202 ? JOB.exec(answer.headers.get('Location') ?? '')?.[1] : undefined
  if (service) for (const follower of followers) follower(service)
}

/** For a request that creates something or acts: its key is put in on its way. */
export function once(): Record<typeof KEY, string> {
  return { [KEY]: FRESH }
}

/** For a change of a record: the version that was read. */
export function since(record: { version: number }): { 'If-Match': string } {
  return { 'If-Match': `"${record.version}"` }
}

/** Not `randomUUID`, which browsers have on https alone. */
function freshKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, '0')).join('')
}

async function again(request: Request): Promise<Response> {
  const spare = request.clone()
  try {
    return await fetch(request)
  } catch (thrown) {
    if (request.signal.aborted) throw thrown
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
    return fetch(spare)
  }
}

async function keyed(request: Request): Promise<Response> {
  // A file's body is another each time; its key serves one press.
  const isText = !request.headers.get('Content-Type')?.startsWith('multipart/')
  const what = isText ? `${request.method} ${request.url}\n${await request.clone().text()}` : ''
  const key = unanswered.get(what) ?? freshKey()
  request.headers.set(KEY, key)
  if (what) unanswered.set(what, key)
  const answer = await fetch(request)
  // A gateway's word that it has heard nothing is no answer.
  if (answer.status < 502) unanswered.delete(what)
  return answer
}

export async function send(request: Request): Promise<Response> {
  const keeps = request.headers.get(KEY) === FRESH
  const answer = await (request.method === 'GET' ? again(request) : keeps ? keyed(request) : fetch(request))
  heard()
  tellOfWork(answer)
  return answer
}
