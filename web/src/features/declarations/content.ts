/** What stands in a declaration, by the paths that the API's check and its proposals name: `hazards.0.factors.1.exposed_count`. */
import type { Changes, Declaration, Found, Section, Table } from '@/features/declarations/declaration'
import { sentOf, valuesOf, type Field, type Sent } from '@/kit/forms'
import type { Cells } from '@/kit/tables'

export interface FactorCells {
  factor_code: string
  label: string
  own_name: string
  exposed_count: string
}
export interface HazardCells {
  class_code: string
  exposed_count: string
  factors: FactorCells[]
}

const shown = (count: number | null) => (count === null ? '' : String(count))
/** What is no number goes as it is: the API says what is wrong with it. */
const counted = (typed: string): number | string | null => (typed.trim() ? (/^\d{1,9}$/.test(typed.trim()) ? Number(typed) : typed) : null)

export function hazardCells(record: Declaration): HazardCells[] {
  return record.hazards.map((hazard) => ({
    class_code: hazard.class_code,
    exposed_count: shown(hazard.exposed_count),
    factors: hazard.factors.map((each) => ({
      factor_code: each.factor_code,
      label: each.factor_label,
      own_name: each.own_name ?? '',
      exposed_count: shown(each.exposed_count),
    })),
  }))
}

export function sentHazards(cells: readonly HazardCells[]): object[] {
  return cells.map((hazard) => ({
    class_code: hazard.class_code,
    exposed_count: counted(hazard.exposed_count),
    factors: hazard.factors.map((each) => ({
      factor_code: each.factor_code,
      own_name: each.own_name.trim() || null,
      exposed_count: counted(each.exposed_count),
    })),
  }))
}

/** The column by which the fixed rows of a table are told apart. */
export function keyOf(table: Table): Field | undefined {
  return table.rows?.length ? table.fields.find((field) => field.kind === 'one') : undefined
}

/** The rows that a table has now: the fixed ones of what is declared, and those that were filled in for what no longer is. */
export function fixedRows(table: Table, filled: readonly Cells[], hazards: Declaration['hazards']): Cells[] {
  const key = keyOf(table)?.name ?? ''
  const wanted = (table.rows ?? []).filter(
    (row) =>
      filled.some((each) => each[key] === row.value) ||
      hazards.some(
        (hazard) => row.classes.includes(hazard.class_code) && (!row.factor_code || hazard.factors.some((each) => each.factor_code === row.factor_code)),
      ),
  )
  const blank = Object.fromEntries(table.fields.map((field) => [field.name, '']))
  return wanted.map((row) => filled.find((each) => each[key] === row.value) ?? { ...blank, [key]: row.value })
}

/** The rows to send, and where each of them stands among those shown: rows without a word in them are not sent. */
export function sentRows(table: Table, rows: readonly Cells[]): { rows: Sent[]; places: number[] } {
  const form = { sections: [{ title: table.label, fields: table.fields }], tables: [] }
  const key = keyOf(table)?.name
  const filled = rows.flatMap((row, place) => (Object.entries(row).some(([name, cell]) => name !== key && cell.trim()) ? [place] : []))
  return { rows: filled.map((place) => sentOf(form, rows[place] ?? {})), places: filled }
}

function contentOf(record: Declaration): Changes {
  const plain = (rows: readonly object[]) => rows.map((row) => ({ ...row }))
  return {
    ...record,
    hazards: sentHazards(hazardCells(record)),
    sites: plain(record.sites),
    products: plain(record.products),
    tests: record.tests.map(({ item, measured, over }) => ({ item, measured, over })),
    exams: record.exams.map(({ item, due, done }) => ({ item, due, done })),
  }
}

/** What to send so that `value` stands at `path`: a field, or the whole table that holds it. */
export function placed(record: Declaration, path: string, value: unknown): Changes {
  const [top = '', ...rest] = path.split('.')
  const last = rest.pop()
  if (last === undefined) return { [top]: value }
  const content = contentOf(record)
  const holder = rest.reduce<unknown>((node, step) => (node as Changes | undefined)?.[step], content[top]) as Changes | undefined
  if (holder) holder[last] = value
  return { [top]: content[top] }
}

/** The fields and tables of a page as the kit draws forms. */
export function formOf(section: Section, without: readonly string[] = []) {
  return { sections: [{ title: section.title, fields: section.fields.filter((field) => !without.includes(field.name)) }], tables: [] }
}

export function sectionValues(section: Section, record: Declaration, without: readonly string[] = []) {
  return valuesOf(formOf(section, without), record)
}

/** What is wrong at these paths, in words. */
export function wordsAt(problems: readonly Pick<Found, 'field' | 'message'>[], path: string): string {
  return [...new Set(problems.filter((each) => each.field === path).map((each) => each.message))].join('；')
}

export function countOf(problems: readonly Found[], section: string): number {
  return problems.filter((each) => each.section === section).length
}
