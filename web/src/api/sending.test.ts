import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { KEY, once, send, since } from '@/api/sending'

const asked: Request[] = []
let answers: (number | 'none')[] = []

beforeEach(() => {
  asked.length = 0
  vi.useFakeTimers()
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(request)
    const next = answers.shift() ?? 200
    return next === 'none' ? Promise.reject(new TypeError('gone')) : Promise.resolve(new Response('{}', { status: next }))
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function press(body: string): Promise<Response> {
  return send(new Request('http://platform.test/api/things', { method: 'POST', body, headers: once() }))
}

/** Its outcome, after every pause that it makes. */
async function outcome(request: Request): Promise<number | string> {
  const answer = send(request).then(
    (response) => response.status,
    (thrown: unknown) => String(thrown),
  )
  await vi.advanceTimersByTimeAsync(1000)
  return answer
}

const keys = () => asked.map((request) => request.headers.get(KEY))

test('after an answer that was lost, the same press has the same key', async () => {
  answers = ['none', 504, 201]
  await expect(press('{"a":1}')).rejects.toThrow('gone')
  await press('{"a":1}')
  await press('{"a":1}')
  await press('{"a":1}')
  const [first, second, third, fourth] = keys()
  expect(first).toMatch(/^[0-9a-f]{32}$/)
  expect([second, third]).toEqual([first, first])
  expect(fourth).not.toBe(first)
})

test('another body is another press', async () => {
  answers = ['none', 201]
  await expect(press('{"a":1}')).rejects.toThrow('gone')
  await press('{"a":2}')
  expect(new Set(keys()).size).toBe(2)
})

test('what only asks is sent again once, and nothing else is', async () => {
  answers = ['none', 200]
  expect(await outcome(new Request('http://platform.test/api/things'))).toBe(200)
  answers = ['none', 'none', 200]
  expect(await outcome(new Request('http://platform.test/api/things'))).toContain('gone')
  answers = ['none', 200]
  expect(await outcome(new Request('http://platform.test/api/things', { method: 'DELETE' }))).toContain('gone')
  expect(asked).toHaveLength(5)
})

test('a question that was taken back is not asked again', async () => {
  const left = new AbortController()
  answers = ['none', 200]
  left.abort()
  expect(await outcome(new Request('http://platform.test/api/things', { signal: left.signal }))).toContain('gone')
  expect(asked).toHaveLength(1)
})

test('a change says which version it was made from', () => {
  expect(since({ version: 3 })).toEqual({ 'If-Match': '"3"' })
})
