import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { effectScope } from 'vue'
import { expect, test } from 'vitest'

import { queries, whileHere } from '@/kit/queries'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** A page whose question holds something big, as a page holds its elements; it is asked, answered and left. */
async function leftPage(wrap: typeof whileHere): Promise<WeakRef<object>> {
  const elements = { length: 1 }
  const scope = effectScope()
  const queryFn = scope.run(() => wrap(() => Promise.resolve(elements.length)))!
  expect(await queries.fetchQuery({ queryKey: ['list'], queryFn })).toBe(1)
  scope.stop()
  return new WeakRef(elements)
}

test('an answer is remembered, and the page that asked is not', async () => {
  const page = await leftPage(whileHere)
  await new Promise((resolve) => setTimeout(resolve))
  collectGarbage()
  expect(page.deref()).toBeUndefined()
  expect(queries.getQueryData(['list'])).toBe(1)
})

test('who was left is not asked for', async () => {
  const scope = effectScope()
  const asking = scope.run(() => whileHere((about: string) => Promise.resolve(`${about}!`)))!
  expect(await asking('甲')).toBe('甲!')
  scope.stop()
  await expect(asking('甲')).rejects.toThrow('left')
})
