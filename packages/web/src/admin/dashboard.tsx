import type { admin } from '@parley/protocol'
import { useCallback, useEffect, useRef, useState } from 'react'
import { formatTime } from '../i18n/format.ts'
import { Banner } from '../ui/banner.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { AdminError } from './admin-api.ts'
import { useAdminText } from './admin-words.ts'
import { ChartsSection } from './charts-section.tsx'
import { clusterLoad, type LoadSeries, lastAt, withSamples } from './load-series.ts'
import { NodesSection } from './nodes-section.tsx'
import { NowSection } from './now-section.tsx'
import { useOperator, wordsOf } from './operator-context.tsx'
import { PeopleSection } from './people-section.tsx'
import { RoomsSection } from './rooms-section.tsx'
import { ErrorsSection, LogSection, NeedsSection } from './server-sections.tsx'
import { useAsked } from './use-asked.ts'

const EVERY_MS = 2000

export interface DashboardProps {
  /** The token is not good any more. */
  readonly onRefused: () => void
}

/** Everything that the operator sees, live. */
export function Dashboard({ onRefused }: DashboardProps) {
  const { api } = useOperator()
  const say = useAdminText()
  const series = useRef<LoadSeries>(new Map())
  const nodeCount = useRef(1)
  const [load, setLoad] = useState<readonly admin.LoadSample[]>([])

  const ask = useCallback(async () => {
    // Behind a balancer any node may answer, so the whole of what it measured is asked for.
    const [only] = nodeCount.current === 1 ? series.current.keys() : []
    const seen = await api.overview(only === undefined ? 0 : lastAt(series.current, only))
    const answering = seen.nodes.find(({ isThis }) => isThis)
    if (answering !== undefined) series.current = withSamples(series.current, answering.id, seen.samples)
    nodeCount.current = seen.nodes.length
    setLoad(
      clusterLoad(
        series.current,
        seen.nodes.map(({ id }) => id),
      ),
    )
    return seen
  }, [api])
  const { answer: seen, error, again } = useAsked(ask, EVERY_MS)

  const isRefused = error instanceof AdminError && error.code === 'UNAUTHENTICATED'
  useEffect(() => {
    if (isRefused) onRefused()
  }, [isRefused, onRefused])

  if (seen === null) {
    return (
      <div className="m-auto flex max-w-110 flex-col items-center gap-4 text-center">
        {error === null ? (
          <p role="status" className="flex items-center gap-3 text-ink-2">
            <Spinner />
            {say('asking')}
          </p>
        ) : (
          <Banner tone="danger" live="assertive" title={wordsOf(error, say)} />
        )}
      </div>
    )
  }

  return (
    <div className="flex flex-col gap-10">
      <h1 className="sr-only">{say('pageTitle')}</h1>
      {error !== null && <Banner tone="danger" live="assertive" title={say('stale', { time: formatTime(seen.at) })} />}
      {!seen.isComplete && <Banner tone="warning" title={say('incomplete')} />}
      <NowSection seen={seen} isLive={error === null} />
      <ChartsSection load={load} isOfMany={seen.nodes.length > 1} />
      <RoomsSection />
      <PeopleSection />
      <NodesSection nodes={seen.nodes} at={seen.at} onChanged={() => void again()} />
      <div className="grid gap-10 lg:grid-cols-2 lg:gap-8">
        <NeedsSection seen={seen} />
        <ErrorsSection errors={seen.errors} />
      </div>
      <LogSection level={seen.logLevel} onChanged={() => void again()} />
    </div>
  )
}
