/** A list of rows that people fill in, as the form's definition has it: what stands in its cells, what is pasted into it, what is sent. */
import type { Schemas } from '@/api/client'
import { sentOf, valuesOf, type Definition, type Sent } from '@/kit/forms'

export type Table = Schemas['RecordFormTable']
/** A row by its columns' names. */
export type Cells = Record<string, string>

function formOf(table: Table): Definition {
  return { sections: [{ title: table.label, fields: table.fields }], tables: [] }
}

export function cellsOf(table: Table, rows: readonly object[]): Cells[] {
  return rows.map((row) => valuesOf(formOf(table), row) as Cells)
}

export function blankCells(table: Table): Cells {
  return valuesOf(formOf(table), null) as Cells
}

export function isBlankRow(row: Cells): boolean {
  return Object.values(row).every((cell) => !cell.trim())
}

/** Rows as a spreadsheet puts them on the clipboard: tabs between cells, lines between rows, quotes around cells with line breaks. */
export function pastedRows(text: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, plain, end] of text.replace(/\r\n?/g, '\n').matchAll(/(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/g)) {
    if (quoted === undefined && !plain && !end) break
    rows.at(-1)?.push((quoted?.replaceAll('""', '"').replaceAll('\n', ' ') ?? plain ?? '').trim())
    if (end === '\n') rows.push([])
  }
  return rows.filter((row) => row.length > 0)
}

/** What the rows are after a paste that begins at this cell: cells beyond the last column are left out, rows that are missing are added. */
export function afterPaste(table: Table, rows: readonly Cells[], at: { row: number; column: number }, text: string): Cells[] {
  const next = rows.map((row) => ({ ...row }))
  pastedRows(text).forEach((cells, down) => {
    while (next.length <= at.row + down && next.length < table.maximum) next.push(blankCells(table))
    const row = next[at.row + down]
    cells.forEach((cell, right) => {
      const column = table.fields[at.column + right]
      if (row && column) row[column.name] = cell
    })
  })
  return next
}

export interface Sending {
  rows: Sent[]
  /** Where each of them stands among the rows as shown: blank ones are not sent. */
  places: number[]
}

export function sending(table: Table, rows: readonly Cells[]): Sending {
  const filled = rows.flatMap((row, place) => (isBlankRow(row) ? [] : [{ row, place }]))
  return { rows: filled.map(({ row }) => sentOf(formOf(table), row)), places: filled.map(({ place }) => place) }
}
