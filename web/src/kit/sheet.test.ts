// @vitest-environment jsdom
import { mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { describe, expect, test } from 'vitest'
import { nextTick, shallowRef } from 'vue'
import { createRouter, createMemoryHistory } from 'vue-router'

import { Problem } from '@/api/problem'
import { pastedEdits, pastedTable, useSheet, type Changes } from '@/kit/sheet'
import SheetGrid from '@/kit/SheetGrid.vue'

interface Row {
  id: string
  score: string
}
const COLUMNS = [
  { key: 'id', label: '编号', value: (row: Row) => row.id },
  { key: 'score', label: '成绩', value: (row: Row) => row.score, editable: true },
]

function clipboard(kinds: Record<string, string>) {
  return { getData: (type: string) => kinds[type] ?? '' }
}

function platform() {
  const rows = shallowRef<readonly Row[]>(['a', 'b', 'c'].map((id) => ({ id, score: '' })))
  const sent: Record<string, string>[] = []
  async function save(changes: Changes): Promise<Changes> {
    await Promise.resolve()
    const wrong = new Map<string, Record<string, string>>()
    sent.push(Object.fromEntries([...changes].map(([id, cells]) => [id, cells['score'] ?? ''])))
    for (const [id, cells] of changes) {
      if (cells['score'] === 'x') wrong.set(id, { score: '应为数字' })
      else rows.value = rows.value.map((row) => (row.id === id ? { ...row, score: cells['score'] ?? '' } : row))
    }
    return wrong
  }
  return { rows, sent, save }
}

describe('a sheet that is filled in', () => {
  test('30 × 20 cells as Excel copies them land as text or as HTML, and what is beyond is counted', () => {
    const cells = Array.from({ length: 30 }, (_, row) => Array.from({ length: 20 }, (_, column) => `${row}.${column}`))
    const text = cells.map((row) => row.join('\t')).join('\r\n')
    const html = `<table>${cells.map((row) => `<tr>${row.map((each) => `<td>${each}</td>`).join('')}</tr>`).join('')}</table>`
    expect(pastedTable(clipboard({ 'text/plain': text }))).toEqual(cells)
    expect(pastedTable(clipboard({ 'text/html': html }))).toEqual(cells)
    const ids = Array.from({ length: 40 }, (_, row) => `r${row}`)
    const keys = Array.from({ length: 12 }, (_, column) => `c${column}`)
    const { edits, beyond } = pastedEdits(ids, keys, { row: 15, column: 0 }, cells)
    expect([edits.length, beyond]).toEqual([25 * 12, 600 - 25 * 12])
    expect(edits[0]).toEqual({ id: 'r15', key: 'c0', value: '0.0' })
  })

  test('a paste is one step back, what is wrong stays in its cell and is sent by nobody', async () => {
    const { rows, sent, save } = platform()
    const sheet = useSheet({ rows: () => rows.value, idOf: (row) => row.id, columns: COLUMNS, save })
    await sheet.apply([{ id: 'a', key: 'score', value: '60' }])
    await sheet.apply(['a', 'b', 'c'].map((id, at) => ({ id, key: 'score', value: ['61', 'x', '63'][at]! })))
    expect([sheet.text('b', 'score'), sheet.mark('b', 'score'), sheet.mark('a', 'score')]).toEqual(['x', 'wrong', 'saved'])
    expect(sheet.unsaved.value).toBe(true)
    await sheet.undo()
    expect(rows.value.map((row) => row.score)).toEqual(['60', '', ''])
    expect(sheet.unsaved.value).toBe(false)
    expect(sent).toHaveLength(3)
  })

  test('what did not arrive waits and is sent again', async () => {
    const { rows, save } = platform()
    let down = true
    const sheet = useSheet({
      rows: () => rows.value,
      idOf: (row) => row.id,
      columns: COLUMNS,
      save: (changes) => (down ? Promise.reject(new Problem(0, 'no_answer', '没有连接')) : save(changes)),
    })
    await sheet.apply([{ id: 'a', key: 'score', value: '60' }])
    expect([sheet.problem.value?.code, sheet.mark('a', 'score')]).toEqual(['no_answer', 'waits'])
    down = false
    await sheet.retry()
    expect([sheet.problem.value, rows.value[0]?.score]).toEqual([null, '60'])
  })
})

describe('its keys', () => {
  test('Enter goes down, arrows move, Esc takes back, Ctrl+Z undoes', async () => {
    const { rows, save } = platform()
    const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { template: '<i />' } }] })
    const page = mount(SheetGrid<Row>, {
      attachTo: document.body,
      global: { plugins: [ElementPlus, router] },
      props: { label: '成绩', columns: COLUMNS, rows: rows.value, rowId: (row) => row.id, rowName: (row) => row.id, save },
    })
    Element.prototype.scrollIntoView = () => undefined
    const field = () => page.get('input')
    const press = async (key: string, more: object = {}) => {
      await field().trigger('keydown', { key, ...more })
      await nextTick()
      await page.setProps({ rows: rows.value })
    }
    await field().setValue('85')
    await press('Enter')
    expect(field().attributes('aria-label')).toBe('成绩：b')
    expect(rows.value[0]?.score).toBe('85')
    await field().setValue('7')
    await press('Escape')
    expect(field().element.value).toBe('')
    await press('ArrowUp')
    expect(field().attributes('aria-label')).toBe('成绩：a')
    await press('z', { ctrlKey: true })
    await nextTick()
    expect(rows.value[0]?.score).toBe('')
    page.unmount()
  })
})
