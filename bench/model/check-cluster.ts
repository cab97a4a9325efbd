import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Cells, markdownTable } from '../src/report/table.ts'
import { spreadOf } from '../src/statistics.ts'
import type { Figures } from './figures.ts'

/** A row of `results/cluster.json`: `rows[people, peer].rounds[]`, on one worker with Redis and on two. */
interface ClusterRow {
  readonly people: number
  readonly peer: string
  readonly rounds: readonly ClusterRound[]
}

interface ClusterRound {
  readonly sent: number
  readonly delivered: number
  /** What the server's processes used. */
  readonly cpuMicrosPerDelivery: number
  /** What Redis used. */
  readonly busMicrosPerDelivery: number
}

const ONE = 'parley-redis'
const TWO = 'parley-two'

/** What two workers cost for each frame, by the model and as it was measured; all in µs of processor. */
export interface ClusterCheck {
  readonly people: number
  readonly one: number
  readonly predicted: number
  readonly measured: number
  /** The share of `measured` by which the model is off: 0.1 is a tenth too much, −0.1 a tenth too little. */
  readonly error: number
}

/**
 * Predicts two workers from what one was measured to take. Assumes that the second one adds nothing but what it hears:
 * each message goes to one node more, where it is read once, and the frames are the same.
 */
export function checkCluster(
  rows: readonly ClusterRow[],
  { standing }: Pick<Figures, 'standing'>,
): readonly ClusterCheck[] {
  const more = standing.costs.heard.node + standing.costs.heard.redis
  return rows
    .filter(({ peer }) => peer === ONE)
    .flatMap((row) => {
      const two = rows.find(({ peer, people }) => peer === TWO && people === row.people)
      if (two === undefined) return []
      const one = median(row, costOf)
      const predicted = one + more / median(row, ({ delivered, sent }) => delivered / sent)
      const measured = median(two, costOf)
      return [{ people: row.people, one, predicted, measured, error: predicted / measured - 1 }]
    })
}

const costOf = ({ cpuMicrosPerDelivery, busMicrosPerDelivery }: ClusterRound): number =>
  cpuMicrosPerDelivery + busMicrosPerDelivery

const median = ({ rounds }: ClusterRow, figure: (round: ClusterRound) => number): number =>
  spreadOf(rounds.map(figure)).median

/** The check by the results in this folder. */
export function clusterTable(folder: string, figures: Figures): string {
  const path = join(folder, 'cluster.json')
  if (!existsSync(path)) return 'Not measured yet: `npm run bench -- cluster`.'
  const { rows } = JSON.parse(readFileSync(path, 'utf8')) as { readonly rows: readonly ClusterRow[] }
  const cells: Cells = [
    ['people in the room', 'one worker', 'two, by the model', 'two, measured', 'off by'],
    ...checkCluster(rows, figures).map(({ people, one, predicted, measured, error }) => [
      String(people),
      `${one.toFixed(2)} µs`,
      `${predicted.toFixed(2)} µs`,
      `${measured.toFixed(2)} µs`,
      `${error > 0 ? '+' : ''}${(error * 100).toFixed(0)} %`,
    ]),
  ]
  return markdownTable(cells)
}
