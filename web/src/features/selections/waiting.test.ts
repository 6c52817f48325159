import { expect, test } from 'vitest'

import type { Entry } from '@/features/selections/selection'
import { offeredFirst } from '@/features/selections/waiting'

test('what must be answered comes first, the rest keeps its order', () => {
  const rows = ['waiting', 'left', 'offered', 'waiting'].map((status, at) => ({ id: String(at), status }) as unknown as Entry)
  expect(offeredFirst(rows).map((each) => each.id)).toEqual(['2', '0', '1', '3'])
})
