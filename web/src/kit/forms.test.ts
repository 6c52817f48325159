import { expect, test } from 'vitest'

import {
  chosenAs,
  found,
  pressed,
  rebased,
  sentOf,
  textOf,
  valuesOf,
  withoutApart,
  withText,
  wordsOf,
  type Choice,
  type Definition,
  type Entry,
  type Field,
} from '@/kit/forms'

function field(name: string, more: Partial<Field> = {}): Field {
  const plain = { required: false, kept: false, help: '', kind: 'text', choices: [], own_words: false, masked: false, apart: false }
  return { name, label: name.toUpperCase(), ...plain, ...more }
}

function choice(value: string, more: Partial<Choice> = {}): Choice {
  return { value, label: value, with_text: false, ...more }
}

const SEVERAL = field('traits', { kind: 'several' })
const DEFINITION: Definition = {
  sections: [
    { title: '一', fields: [field('name'), field('years', { kind: 'number' }), SEVERAL] },
    { title: '二', fields: [field('rooms', { kind: 'several', apart: true })] },
  ],
  tables: [],
}

test('a record is read field by field, and what it lacks is blank', () => {
  expect(valuesOf(DEFINITION, { name: null, years: 0, traits: ['a'], version: 3 })).toEqual({ name: '', years: '0', traits: ['a'], rooms: [] })
  expect(valuesOf(DEFINITION, null)).toEqual({ name: '', years: '', traits: [], rooms: [] })
})

test('all that is filled in is sent of a new record, all that differs of one that is there', () => {
  const base = valuesOf(DEFINITION, { name: '甲', years: 3, traits: ['a'] })
  expect(sentOf(DEFINITION, base)).toEqual({ name: '甲', years: 3, traits: ['a'] })
  expect(sentOf(DEFINITION, { ...base, name: '', years: '4', traits: [] }, base)).toEqual({ name: null, years: 4, traits: [] })
})

test('what is no number goes as it was typed, for the API to say so', () => {
  expect(sentOf(DEFINITION, { ...valuesOf(DEFINITION, null), years: '三年' })).toEqual({ years: '三年' })
})

test('what is hidden is blank and is not sent, and a switch says which it is', () => {
  const shown_when = { field: 'unfiled', values: [''], words: '已备案' }
  const filing: Definition = {
    sections: [{ title: '备案', fields: [field('unfiled', { kind: 'switch' }), field('number', { shown_when })] }],
    tables: [],
  }
  expect(valuesOf(filing, { unfiled: true, number: '无' })).toEqual({ unfiled: 'true', number: '' })
  const base = valuesOf(filing, { unfiled: false, number: '12 号' })
  expect(base).toEqual({ unfiled: '', number: '12 号' })
  expect(sentOf(filing, { unfiled: 'true', number: '13 号' }, base)).toEqual({ unfiled: true })
  expect(sentOf(filing, { unfiled: '', number: '13 号' }, valuesOf(filing, { unfiled: true }))).toEqual({ unfiled: false, number: '13 号' })
})

test('an entry that has its label beside it is chosen by its code', () => {
  expect(valuesOf(DEFINITION, { traits: [{ code: 'dust', label: '粉尘' }] })['traits']).toEqual(['dust'])
  expect(wordsOf(field('unfiled', { kind: 'switch' }), true, {})).toBe('是')
})

test('what others changed comes in where nothing was typed, and what was typed stays', () => {
  const base = { name: '甲', years: '3' }
  expect(rebased({ name: '乙', years: '3' }, base, { name: '丙', years: '5' })).toEqual({ name: '乙', years: '5' })
})

test('fields with a route of their own are left out, and sections without any other', () => {
  expect(withoutApart(DEFINITION).sections.map((section) => section.title)).toEqual(['一'])
})

test('what a choice stands under comes and goes with it', () => {
  const choices = [choice('医师'), choice('专家', { under: '医师' }), choice('护士')]
  expect(pressed(choices[1]!, choices, ['护士'])).toEqual(['护士', '医师', '专家'])
  expect(pressed(choices[0]!, choices, ['护士', '医师', '专家'])).toEqual(['护士'])
})

test('a choice with text goes with it', () => {
  const other = choice('其他', { with_text: true })
  expect(withText(other, ['护士', '其他'], '司机')).toEqual(['护士', '其他：司机'])
  expect(textOf(other, ['其他：司机'])).toBe('司机')
  expect(chosenAs(other, ['其他：司机'])).toBe('其他：司机')
  expect(pressed(other, [other], ['其他：司机'])).toEqual([])
  expect(withText(other, ['其他：司机'], '')).toEqual(['其他'])
})

test('an entry is found by part of its name and by pinyin initials', () => {
  const entries: Entry[] = [
    { code: '1', label: '公共卫生', pinyin: 'GGWS', parent: null, group: null, selectable: true },
    { code: '2', label: '口腔', pinyin: 'KQ', parent: null, group: null, selectable: true },
  ]
  expect(found(entries, '卫').map((entry) => entry.code)).toEqual(['1'])
  expect(found(entries, ' gws').map((entry) => entry.code)).toEqual(['1'])
  expect(found(entries, '')).toHaveLength(2)
  expect(wordsOf(field('category', { dictionary: 'd' }), '2', { d: entries })).toBe('口腔')
  expect(wordsOf(SEVERAL, ['a', 'b'], {})).toBe('a、b')
})
