import { expect, test } from 'vitest'

import { neighbour } from '@/features/rosters/roster'

test('arrows and Enter go from box to box and stop at the edges', () => {
  expect(neighbour('ArrowDown', 0, 1, 3, 2)).toEqual({ row: 1, column: 1 })
  expect(neighbour('Enter', 1, 1, 3, 2)).toEqual({ row: 2, column: 1 })
  expect(neighbour('ArrowRight', 0, 1, 3, 2)).toBeNull()
  expect(neighbour('a', 0, 0, 3, 2)).toBeNull()
})
