import { exponentOf } from '@novabilling/core/money'

/** What a cell may hold: text, a number that needs no decimals of its own, an amount, or nothing. */
export type Cell = string | number | boolean | null | Amount
/** An amount in major units, written with all the decimals of its currency. */
export type Amount = { readonly amount: number; readonly currency: string }

/** The columns of a table by their names, in order. New ones are added at the end: programs read them by place, too. */
export type Columns<T> = Readonly<Record<string, (row: T) => Cell>>

/** Spreadsheets take a file without it for one in the character set of the machine, and show `Ã©` for `é`. */
const byteOrderMark = '\uFEFF'

/** No thousands, no exponent, and no more digits than the number has. */
const plain = new Intl.NumberFormat('en', { useGrouping: false, maximumFractionDigits: 20 })

/** What a spreadsheet takes for the start of a formula (OWASP, CSV injection), the full-width forms among it. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/

/** The first line: the names of the columns. */
export function headOf<T>(columns: Columns<T>): string {
  return byteOrderMark + lineOf(Object.keys(columns))
}

/** A line a row, as RFC 4180 has it. */
export function linesOf<T>(columns: Columns<T>, rows: readonly T[]): string {
  const shows = Object.values(columns)
  return rows.map((row) => lineOf(shows.map((show) => show(row)))).join('')
}

function lineOf(cells: readonly Cell[]): string {
  return `${cells.map(written).join(',')}\r\n`
}

/**
 * A cell as it is written. Text that a spreadsheet would run gets an apostrophe before it, which makes it text there;
 * numbers are left alone: `-12.50` is no formula.
 */
function written(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'boolean') return String(cell)
  if (typeof cell === 'number') return plain.format(cell)
  if (typeof cell === 'object') return cell.amount.toFixed(exponentOf(cell.currency))
  const text = formula.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
