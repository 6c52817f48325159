/** What differs between two readings, and only of the fields that are named. */
import { expect, it } from 'vitest'

import { differencesBetween } from '@/kit/differences'

const BEFORE = { name: '周晓慧', email: null as string | null, grants: ['a'], version: 1 }
const LABELS = { name: '姓名', email: '邮箱', grants: '权限' }

it('names what changed, in words', () => {
  const now = { ...BEFORE, email: 'z@example.cn', grants: ['a', 'b'], version: 2 }
  expect(differencesBetween(BEFORE, now, LABELS)).toEqual([
    { field: 'email', label: '邮箱', before: '', now: 'z@example.cn' },
    { field: 'grants', label: '权限', before: 'a', now: 'a、b' },
  ])
})

it('says nothing of fields that nobody edits', () => {
  expect(differencesBetween(BEFORE, { ...BEFORE, version: 2 }, LABELS)).toEqual([])
})
