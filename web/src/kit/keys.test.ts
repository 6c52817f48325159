import { beforeEach, expect, test } from 'vitest'

import { forgetAll, keep, keepCase, keyOf, numbersHere } from '@/kit/keys'

const kept = new Map<string, string>()

beforeEach(() => {
  kept.clear()
  globalThis.localStorage = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
    clear: () => kept.clear(),
    key: (index) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size
    },
  }
})

test('whoever signs out leaves no key behind, and what was typed stays', () => {
  keep('SQ-1', 'a')
  keep('SQ-2', 'b')
  keepCase('BL-1', 'c')
  localStorage.setItem('draft:people', '{}')
  expect(numbersHere()).toEqual(['SQ-1', 'SQ-2'])
  forgetAll()
  expect(keyOf('SQ-1')).toBe('')
  expect([...kept.keys()]).toEqual(['draft:people'])
})
