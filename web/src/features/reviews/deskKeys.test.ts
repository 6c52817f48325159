import { describe, expect, test } from 'vitest'

import { commandOf } from '@/features/reviews/deskKeys'

const press = (key: string, more = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...more })
const at = (tagName: string, more = {}) => ({ tagName, isContentEditable: false, ...more })

describe('the keys of the review desk', () => {
  test('each asks for one thing, small or capital', () => {
    expect(['j', 'K', 'a', 'R', 'u'].map((key) => commandOf(press(key), at('BODY')))).toEqual(['next', 'previous', 'approve', 'return', 'undo'])
  })
  test('nothing happens while one types', () => {
    for (const place of [at('TEXTAREA'), at('INPUT', { type: 'text' }), at('INPUT'), at('SELECT'), at('DIV', { isContentEditable: true })]) {
      expect(commandOf(press('a'), place)).toBeUndefined()
    }
  })
  test('a ticked box is not typed in', () => {
    expect(commandOf(press('j'), at('INPUT', { type: 'checkbox' }))).toBe('next')
    expect(commandOf(press('j'), at('BUTTON'))).toBe('next')
  })
  test('what belongs to the browser stays its own, and a key held down acts once', () => {
    for (const more of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { repeat: true }]) expect(commandOf(press('r', more), null)).toBeUndefined()
  })
  test('other keys mean nothing', () => {
    expect(commandOf(press('Enter'), null)).toBeUndefined()
    expect(commandOf(press('constructor'), null)).toBeUndefined()
  })
})
