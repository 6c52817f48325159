// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'

const asked: string[] = []
let ended: string | null = null
vi.mock('@/api/client', () => ({
  answered: <T>(answer: Promise<T>) => answer,
  api: {
    GET: (path: string) => {
      asked.push(path)
      return Promise.resolve({ items: [{ id: '1', created_at: '2026-11-30T08:00:00Z', ended_at: ended }] })
    },
  },
}))

beforeEach(() => {
  vi.resetModules()
  vi.useFakeTimers()
  asked.length = 0
  ended = null
  sessionStorage.clear()
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}', { status: 202, headers: { Location: '/api/training/jobs/1' } })))
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** The tray of a page that has just been opened in this tab. */
async function opened() {
  vi.resetModules()
  const { useJobs } = await import('@/kit/jobs')
  const { send } = await import('@/api/sending')
  const scope = effectScope()
  const tray = scope.run(() => useJobs())
  if (!tray) throw new Error('no tray')
  await tray.recall()
  return { tray, send, close: () => scope.stop() }
}

test('a page that opens asks nobody, and what was begun in this tab is asked for where it was begun, also after a reload', async () => {
  const first = await opened()
  expect(asked).toEqual([])
  await first.send(new Request('http://platform.test/api/training/personnel-import', { method: 'POST' }))
  await vi.advanceTimersByTimeAsync(10)
  expect(asked).toEqual(['/api/training/jobs'])
  expect(first.tray.running.value).toBe(1)
  first.close()

  asked.length = 0
  const second = await opened()
  expect(asked).toEqual(['/api/training/jobs'])
  ended = '2026-11-30T08:01:00Z'
  await vi.advanceTimersByTimeAsync(3100)
  expect(second.tray.running.value).toBe(0)
  second.close()

  asked.length = 0
  ;(await opened()).close()
  expect(asked).toEqual([])
})

test('who looks sees all services that the account has to do with', async () => {
  const { tray, close } = await opened()
  await tray.look(['auth', 'notifications'])
  expect(asked.sort()).toEqual(['/api/auth/jobs', '/api/notifications/jobs'])
  expect(tray.jobs.value.length).toBe(2)
  close()
})
