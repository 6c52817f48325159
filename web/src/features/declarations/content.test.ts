import { describe, expect, it } from 'vitest'

import { fixedRows, placed, sentRows } from '@/features/declarations/content'
import type { Declaration, Table } from '@/features/declarations/declaration'

const field = (name: string, kind: string) => ({ name, label: name, required: true, kept: false, help: '', kind, choices: [], own_words: false, masked: false, apart: false })
const table = {
  name: 'tests',
  label: '检测点数',
  maximum: 11,
  help: '',
  fields: [field('item', 'one'), field('measured', 'number')],
  rows: [
    { value: 'dust', label: '粉尘', classes: ['dust'], factor_code: null },
    { value: 'silica', label: '矽尘', classes: ['dust'], factor_code: 'A001' },
    { value: 'noise', label: '噪声', classes: ['phys'], factor_code: 'C001' },
  ],
} as unknown as Table
const hazards = [
  { class_code: 'dust', class_label: '粉尘', exposed_count: 46, factors: [{ factor_code: 'A011', factor_label: '木粉尘', own_name: null, exposed_count: null }] },
] as unknown as Declaration['hazards']
const record = { hazards, sites: [], products: [{ product: '无', output: '3', unit: '无' }], tests: [], exams: [] } as unknown as Declaration

describe('the rows that the form has by itself', () => {
  it('are those of what is declared, and what was filled in for what no longer is', () => {
    expect(fixedRows(table, [], hazards).map((row) => row['item'])).toEqual(['dust'])
    expect(fixedRows(table, [{ item: 'noise', measured: '3' }], hazards)).toEqual([
      { item: 'dust', measured: '' },
      { item: 'noise', measured: '3' },
    ])
  })

  it('are sent when there is more in them than what they are of, and known by where they then stand', () => {
    const rows = [
      { item: 'dust', measured: '' },
      { item: 'noise', measured: '3' },
    ]
    expect(sentRows(table, rows)).toEqual({ rows: [{ item: 'noise', measured: 3 }], places: [1] })
  })
})

describe('a proposal that is taken over', () => {
  it('fills a field, or the whole table that holds it', () => {
    expect(placed(record, 'exposed_count', 65)).toEqual({ exposed_count: 65 })
    expect(placed(record, 'tests', [])).toEqual({ tests: [] })
    expect(placed(record, 'products.0.output', '0')).toEqual({ products: [{ product: '无', output: '0', unit: '无' }] })
    expect(placed(record, 'hazards.0.factors.0.exposed_count', 12)).toEqual({
      hazards: [{ class_code: 'dust', exposed_count: 46, factors: [{ factor_code: 'A011', own_name: null, exposed_count: 12 }] }],
    })
  })

  it('leaves the record itself as it is', () => {
    placed(record, 'products.0.output', '0')
    expect(record.products[0]?.output).toBe('3')
  })
})
