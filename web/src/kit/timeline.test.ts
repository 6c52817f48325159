import { expect, test } from 'vitest'

import { folded, type Entry } from '@/kit/timeline'

const entry = (minute: number, before: string, after: string, more: Partial<Entry> = {}): Entry => ({
  position: minute,
  at: new Date(Date.UTC(2026, 2, 9, 1, minute)).toISOString(),
  action: 'update',
  action_label: '修改',
  actor_name: '李芳',
  address: null,
  reason: null,
  before: null,
  after: null,
  changes: [{ field: 'lodging', label: '住宿类型', before, after }],
  ...more,
})

test('what a form saved by itself again and again is one entry, from the first value to the last', () => {
  const [one, ...rest] = folded([entry(0, '', '单间'), entry(1, '单间', '标间'), entry(2, '标间', '不住宿')])
  expect(rest).toEqual([])
  expect([one?.times, one?.position, one?.changes]).toEqual([3, 2, [{ field: 'lodging', label: '住宿类型', before: '', after: '不住宿' }]])
})

test('a field that was put back is no change', () => {
  expect(folded([entry(0, '单间', '标间'), entry(1, '标间', '单间')])[0]?.changes).toEqual([])
})

test.each([
  ['another person’s', entry(1, '单间', '标间', { actor_name: '王强' })],
  ['another action', entry(1, '单间', '标间', { action: 'submit' })],
  ['one with a reason', entry(1, '单间', '标间', { reason: '填错' })],
  ['one of an hour later', entry(60, '单间', '标间')],
])('%s stands for itself', (_what, later) => {
  expect(folded([entry(0, '', '单间'), later])).toHaveLength(2)
})
