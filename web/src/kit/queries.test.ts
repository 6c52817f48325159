import { effectScope } from 'vue'
import { expect, test, vi } from 'vitest'

import { whileHere } from '@/kit/queries'

test('an answer that is remembered holds nothing of the page that asked', async () => {
  const scope = effectScope()
  const ask = vi.fn((about: string) => Promise.resolve(`${about}!`))
  const asking = scope.run(() => whileHere(ask))!
  expect(await asking('甲')).toBe('甲!')
  scope.stop()
  await expect(asking('甲')).rejects.toThrow('left')
  expect(ask).toHaveBeenCalledTimes(1)
})
