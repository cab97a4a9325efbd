import type { Verdict } from '../target.ts'
import { type Cells, markdownTable } from './table.ts'

/** Target, what was measured, and whether it was reached. */
export function verdictTable(verdicts: readonly Verdict[], figure: (value: number) => string): string {
  const cells: Cells = [
    ['target', 'at most', 'measured', 'rounds', 'reached'],
    ...verdicts.map(({ what, target, measured, reached }) => [
      what,
      figure(target),
      figure(measured.median),
      `${figure(measured.min)} – ${figure(measured.max)}`,
      reached ? 'yes' : 'NO',
    ]),
  ]
  return markdownTable(cells)
}
