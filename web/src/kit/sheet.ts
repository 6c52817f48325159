/**
 * A sheet that is filled in cell by cell: what is typed over the rows that the API has, what is wrong with it, what waits to be saved, and how
 * to take it back. Each pause sends what was typed, by rows; a paste is one step.
 */
import { computed, ref, shallowReactive, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import { asProblem, type Problem } from '@/api/problem'
import { beijingClock } from '@/kit/beijing'
import { pastedRows } from '@/kit/tables'

export interface SheetColumn<Row> {
  key: string
  label: string
  value: (row: Row) => string
  editable?: boolean
  number?: boolean
  /** Its share of the width; 1 unless told. */
  share?: number
}

/** What stands in the cells of one row, by column. */
export type Cells = Readonly<Record<string, string>>
/** Rows by their ids. */
export type Changes = ReadonlyMap<string, Cells>
export interface Edit {
  id: string
  key: string
  value: string
}

export interface SheetOptions<Row> {
  rows: () => readonly Row[]
  idOf: (row: Row) => string
  columns: readonly SheetColumn<Row>[]
  /** Sends what was typed and shows what came of it in `rows`; gives what is wrong with the rows that were refused. Throws where none went. */
  save: (changes: Changes) => Promise<Changes>
}

export interface Sheet {
  text: (id: string, key: string) => string
  wrong: (id: string) => Cells | undefined
  /** waits, saved or wrong; blank for what was not touched here. */
  mark: (id: string, key: string) => '' | 'waits' | 'saved' | 'wrong'
  /** One step, that `undo` takes back; done once it has been sent. */
  apply: (edits: readonly Edit[]) => Promise<void>
  undo: () => Promise<void>
  undoable: ComputedRef<boolean>
  unsaved: ComputedRef<boolean>
  problem: ShallowRef<Problem | null>
  savedAt: Ref<string>
  busy: Ref<boolean>
  retry: () => Promise<void>
}

const MOST_STEPS = 100

export function useSheet<Row>(options: SheetOptions<Row>): Sheet {
  const byId = computed(() => new Map(options.rows().map((row) => [options.idOf(row), row])))
  const columns = new Map(options.columns.map((column) => [column.key, column]))
  /** What the API does not have: on its way, or refused. */
  const typed = shallowReactive(new Map<string, Cells>())
  const refused = shallowReactive(new Map<string, Cells>())
  const saved = shallowReactive(new Map<string, ReadonlySet<string>>())
  const waiting = new Set<string>()
  const steps = shallowRef<readonly (readonly Edit[])[]>([])
  const problem = shallowRef<Problem | null>(null)
  const savedAt = ref('')
  const busy = ref(false)
  let running: Promise<void> = Promise.resolve()

  function text(id: string, key: string): string {
    const row = byId.value.get(id)
    return typed.get(id)?.[key] ?? (row && columns.get(key)?.value(row)) ?? ''
  }

  function put(edits: readonly Edit[]): void {
    const rows = new Map<string, Record<string, string>>()
    for (const { id, key, value } of edits) {
      const cells = rows.get(id) ?? { ...typed.get(id) }
      cells[key] = value
      rows.set(id, cells)
    }
    for (const [id, cells] of rows) {
      typed.set(id, cells)
      refused.delete(id)
      saved.delete(id)
      waiting.add(id)
    }
  }

  function settle(sent: Changes, errors: Changes): void {
    for (const [id, cells] of sent) {
      // Typed anew while it was on its way: that goes next.
      if (typed.get(id) !== cells) continue
      const wrong = errors.get(id)
      if (wrong) refused.set(id, wrong)
      else {
        typed.delete(id)
        saved.set(id, new Set(Object.keys(cells)))
      }
    }
  }

  async function flush(): Promise<void> {
    while (waiting.size) {
      const sent: Changes = new Map([...waiting].flatMap((id) => (typed.has(id) ? [[id, typed.get(id)!] as const] : [])))
      waiting.clear()
      if (!sent.size) return
      busy.value = true
      try {
        settle(sent, await options.save(sent))
        problem.value = null
        savedAt.value = beijingClock()
      } catch (thrown) {
        problem.value = asProblem(thrown)
        for (const id of sent.keys()) waiting.add(id)
        return
      } finally {
        busy.value = false
      }
    }
  }

  function flushInTurn(): Promise<void> {
    running = running.then(flush)
    return running
  }

  function change(edits: readonly Edit[]): Promise<void> {
    put(edits)
    return flushInTurn()
  }

  function apply(edits: readonly Edit[]): Promise<void> {
    const real = edits.filter((each) => each.value !== text(each.id, each.key))
    if (!real.length) return running
    steps.value = [...steps.value, real.map((each) => ({ ...each, value: text(each.id, each.key) }))].slice(-MOST_STEPS)
    return change(real)
  }

  async function undo(): Promise<void> {
    const last = steps.value[steps.value.length - 1]
    if (!last) return
    steps.value = steps.value.slice(0, -1)
    await change(last)
  }

  return {
    text,
    wrong: (id) => refused.get(id),
    mark: (id, key) => {
      if (refused.get(id)?.[key] !== undefined) return 'wrong'
      if (typed.get(id)?.[key] !== undefined) return 'waits'
      return saved.get(id)?.has(key) ? 'saved' : ''
    },
    apply,
    undo,
    undoable: computed(() => steps.value.length > 0),
    unsaved: computed(() => typed.size > 0),
    problem,
    savedAt,
    busy,
    retry: flushInTurn,
  }
}

/** A table as spreadsheets put it on the clipboard: as text, or, where that is no table, as HTML. */
export function pastedTable(data: { getData: (type: string) => string }): string[][] {
  const plain = data.getData('text/plain')
  if (/[\t\n]/.test(plain.trimEnd())) return pastedRows(plain)
  const html = data.getData('text/html')
  if (!/<table/i.test(html)) return []
  const rows = [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('tr')]
  return rows.map((row) => [...row.querySelectorAll('td, th')].map((cell) => (cell.textContent ?? '').replace(/\s+/g, ' ').trim()))
}

/** The edits of a paste that begins at this cell, over the columns that can be filled in, and what of it found no place. */
export function pastedEdits(ids: readonly string[], keys: readonly string[], at: { row: number; column: number }, cells: readonly (readonly string[])[]): { edits: Edit[]; beyond: number } {
  const edits: Edit[] = []
  let beyond = 0
  cells.forEach((line, down) => {
    const id = ids[at.row + down]
    line.forEach((value, right) => {
      const key = keys[at.column + right]
      if (id !== undefined && key !== undefined) edits.push({ id, key, value })
      else if (value) beyond += 1
    })
  })
  return { edits, beyond }
}
