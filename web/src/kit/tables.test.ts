import { expect, test } from 'vitest'

import type { Field } from '@/kit/forms'
import { afterPaste, cellsOf, isBlankRow, pastedRows, sending, type Table } from '@/kit/tables'

const PLAIN = { required: false, kept: false, help: '', kind: 'text', choices: [], own_words: false, masked: false, apart: false }
const FIELDS: Field[] = [
  { ...PLAIN, name: 'name', label: '仪器名称', required: true },
  { ...PLAIN, name: 'quantity', label: '数量', kind: 'number' },
]
const TABLE: Table = { name: 'instruments', label: '仪器信息', maximum: 3, fields: FIELDS }

test('what a spreadsheet copies is rows of cells', () => {
  expect(pastedRows('肺功能仪\t2\r\n电测听仪\t1\r\n')).toEqual([
    ['肺功能仪', '2'],
    ['电测听仪', '1'],
  ])
  expect(pastedRows('"高压\n灭菌""器"""\t\n')).toEqual([['高压 灭菌"器"', '']])
  expect(pastedRows('')).toEqual([])
})

test('a paste fills from its cell on, adds rows up to the limit and leaves out what is beyond', () => {
  const rows = cellsOf(TABLE, [{ name: '甲', quantity: 1 }])
  expect(afterPaste(TABLE, rows, { row: 0, column: 1 }, '5\t多余\n6')).toEqual([
    { name: '甲', quantity: '5' },
    { name: '', quantity: '6' },
  ])
  expect(afterPaste(TABLE, rows, { row: 0, column: 0 }, '一\n二\n三\n四')).toHaveLength(3)
  expect(rows[0]).toEqual({ name: '甲', quantity: '1' })
})

test('blank rows are not sent, and each that is knows where it stands', () => {
  const rows = [{ name: ' ', quantity: '' }, { name: '乙', quantity: '2' }, { name: '', quantity: 'x' }]
  expect(isBlankRow(rows[0]!)).toBe(true)
  expect(sending(TABLE, rows)).toEqual({ rows: [{ name: '乙', quantity: 2 }, { quantity: 'x' }], places: [1, 2] })
})
