/** How kafka-consumer-groups.sh prints: columns as wide as what stands in them, `-` for what is missing. */

export const missing = '-'

export interface Column {
  readonly head: string
  /** The least width; undefined for a last column, which is not filled up. */
  readonly width: number | undefined
}

/** A fixed column does not grow with its content. */
export const fixed = (head: string, width: number): Column & { readonly fixed: true } => ({ head, width, fixed: true })
export const growing = (head: string, width = 15): Column => ({ head, width })
export const last = (head: string): Column => ({ head, width: undefined })

const isFixed = (column: Column): boolean => 'fixed' in column

/** The lines of a table, each ended. */
export const tableText = (columns: readonly Column[], rows: readonly (readonly string[])[]): string => {
  const widths = columns.map((column, i) => {
    if (column.width === undefined) return 0
    return isFixed(column) ? column.width : Math.max(column.width, ...rows.map((row) => row[i]?.length ?? 0))
  })
  const line = (cells: readonly string[]): string =>
    `${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' ')}\n`
  return [columns.map(({ head }) => head), ...rows].map(line).join('')
}

/** Kafka's tool says so on standard output and ends well. */
export const sayError = (says: string): void => {
  process.stdout.write(`\nError: ${says}\n`)
}
