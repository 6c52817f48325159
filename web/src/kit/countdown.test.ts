import { expect, test } from 'vitest'

import { leftUntil } from '@/kit/countdown'

const NOW = new Date('2026-03-09T17:30:00Z') // 01:30 of the tenth in Beijing

test.each([
  ['2026-03-10', '今天截止', 'red'],
  ['2026-03-09', '已截止 1 天', 'red'],
  ['2026-03-12', '还有 2 天', 'red'],
  ['2026-03-15', '还有 5 天', 'amber'],
  ['2026-03-17', '还有 7 天', 'black'],
  ['2026-03-09T17:44:10Z', '还有 15 分钟', 'red'],
  ['2026-03-10T05:00:00Z', '还有 11 小时 30 分钟', 'amber'],
  ['2026-03-14T17:30:00Z', '还有 5 天', 'black'],
  ['2026-03-09T17:29:00Z', '已截止', 'red'],
])('until %s it is %s', (until, words, colour) => {
  expect(leftUntil(until, NOW)).toEqual({ words, colour })
})
