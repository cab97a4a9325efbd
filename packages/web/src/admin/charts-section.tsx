import type { admin } from '@parley/protocol'
import { type PlainAdminKey, useAdminText } from './admin-words.ts'
import { formatBytes, formatCount, formatMs, formatPercent } from './figures.ts'
import { LoadChart } from './load-chart.tsx'
import { Card, Empty, Section } from './section.tsx'

interface Chart {
  readonly name: PlainAdminKey
  readonly of: Exclude<keyof admin.LoadSample, 'at'>
  readonly format: (value: number) => string
  readonly isTrouble?: true
}

const CHARTS: readonly Chart[] = [
  { name: 'connectionsNow', of: 'connections', format: formatCount },
  { name: 'messagesPerSecond', of: 'messagesPerS', format: formatCount },
  { name: 'deliveriesPerSecond', of: 'deliveriesPerS', format: formatCount },
  { name: 'storedWithin', of: 'sendP99Ms', format: formatMs },
  { name: 'deliveredWithin', of: 'deliveryP99Ms', format: formatMs },
  { name: 'loopLag', of: 'loopLagMs', format: formatMs },
  { name: 'processor', of: 'cpu', format: formatPercent },
  { name: 'memory', of: 'memoryBytes', format: formatBytes },
  { name: 'faultsPerSecond', of: 'faultsPerS', format: formatCount, isTrouble: true },
  { name: 'refusedPerSecond', of: 'refusedPerS', format: formatCount },
]

/** How the last quarter of an hour went. */
export function ChartsSection({
  load,
  isOfMany,
}: {
  readonly load: readonly admin.LoadSample[]
  readonly isOfMany: boolean
}) {
  const say = useAdminText()
  return (
    <Section title={say('charts')} note={say(isOfMany ? 'chartsOfMany' : 'chartsOfOne')}>
      {load.length === 0 ? (
        <Card>
          <Empty>{say('chartEmpty')}</Empty>
        </Card>
      ) : (
        <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
          {CHARTS.map(({ name, of, ...chart }) => (
            <LoadChart key={of} name={say(name)} values={load.map((sample) => sample[of])} {...chart} />
          ))}
        </div>
      )}
    </Section>
  )
}
