import { effectScope, nextTick, reactive } from 'vue'
import { beforeEach, expect, test } from 'vitest'

import { keepFor, keptTyped, useKept } from '@/kit/kept'

const form = () => reactive({ reason: '', fields: [] as string[] })
const open = (of: ReturnType<typeof form>) => effectScope().run(() => useKept('case/1', of))!

beforeEach(() => {
  keepFor('')
  keepFor('account')
})

test('what was typed is there when the dialog, or the page, is opened again', async () => {
  const first = form()
  const kept = open(first)
  first.reason = '材料不全'
  await nextTick()
  expect(kept.unsaved.value).toBe(true)
  const again = form()
  expect(open(again).restored.value).toBe(true)
  expect(again.reason).toBe('材料不全')
})

test('nothing is kept of what was saved, taken back, or is another account’s', async () => {
  const first = form()
  const kept = open(first)
  first.reason = '材料不全'
  await nextTick()
  kept.settle()
  expect(keptTyped('case/1')).toBe(undefined)
  first.reason = '另一个理由'
  await nextTick()
  first.reason = '材料不全'
  await nextTick()
  expect([kept.unsaved.value, keptTyped('case/1')]).toEqual([false, undefined])
  first.reason = '再一个'
  await nextTick()
  keepFor('somebody else')
  expect(open(form()).restored.value).toBe(false)
})
