/** Rows of cells; the first row is the head. Every column but the first is right-aligned. */
export type Cells = readonly (readonly string[])[]

/** As GitHub's Markdown, padded so that it reads as well in a terminal. */
export function markdownTable(cells: Cells): string {
  const [head = []] = cells
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)))
  const pad = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  const line = (row: readonly string[]): string => `| ${row.map(pad).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), `| ${rule.join(' | ')} |`, ...cells.slice(1).map(line)].join('\n')
}
