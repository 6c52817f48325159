/** A column of a list: what stands in its head, and what it says of a row unless the page fills the cell itself. */
export interface Column<Row> {
  key: string
  label: string
  value?: (row: Row) => string
  number?: boolean
  /** Short values that read badly when broken: dates, names, a status. */
  unbroken?: boolean
}

/** One page of a list, as every list of the API answers. */
export interface Page<Row> {
  items: Row[]
  next_cursor: string | null
  total: number
  total_is_exact: boolean
}
