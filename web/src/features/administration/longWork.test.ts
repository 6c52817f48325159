import { expect, test } from 'vitest'

import { lasting, progressOf } from '@/features/administration/longWork'

test('how long something lasts is told in its two largest units', () => {
  expect([59, 61, 3660, 90_000].map(lasting)).toEqual(['59 秒', '1 分 1 秒', '1 小时 1 分', '1 天 1 小时'])
})

test('what failed stands beside what is done', () => {
  expect(progressOf({ total: 10, done: 4, failed: 1 })).toBe('4 / 10，有误 1')
  expect(progressOf({ total: null, done: 4, failed: 0 })).toBe('4')
})
