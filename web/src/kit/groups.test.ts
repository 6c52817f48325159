import { describe, expect, test } from 'vitest'

import { sentOf, valuesOf, wordsOf, type Definition, type Entry, type Field } from '@/kit/forms'
import { isolated, joined, members } from '@/kit/groups'

const entry = (code: string): Entry => ({ code, label: code.toUpperCase(), pinyin: '', parent: null, group: null, selectable: true })
const entries = ['a', 'b', 'c', 'd'].map(entry)

describe('bundles of codes', () => {
  test('what is put together leaves the bundle it was in, and one that is left alone is none', () => {
    expect(joined([], ['b', 'a'])).toEqual(['a b'])
    expect(joined(['a b'], ['b', 'c'])).toEqual(['b c'])
    expect(joined(['a b', 'c d'], ['a', 'b', 'c'])).toEqual(['a b c'])
  })
  test('what is in none stands alone, and what is chosen no more is in none', () => {
    expect(isolated(entries, ['a b']).map((each) => each.code)).toEqual(['c', 'd'])
    expect(members(['a b', 'c d'], entries.slice(0, 3))).toEqual(['a b'])
  })
  test('a form holds them as text and sends them as lists', () => {
    const field = { name: 'groups', label: '组', kind: 'groups', dictionary: 'opened', choices: [] } as unknown as Field
    const definition: Definition = { sections: [{ title: '', fields: [field] }], tables: [] }
    const values = valuesOf(definition, { groups: [['b', 'a']] })
    expect(values).toEqual({ groups: ['a b'] })
    expect(sentOf(definition, values)).toEqual({ groups: [['a', 'b']] })
    expect(wordsOf(field, values['groups'], { opened: entries })).toBe('A＋B')
  })
})
