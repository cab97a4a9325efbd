import type { VoiceStats, VoiceStreamStats } from '@parley/client'
import { useEffect, useState } from 'react'
import { formatNumber } from '../../i18n/format.ts'
import { type PlainVoiceKey, useVoiceText } from '../../i18n/voice-words.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import type { OpenState } from '../room/open-state.ts'
import { useRoom } from '../room/room-context.tsx'
import { QualityWords } from './quality-mark.tsx'
import { useVoice } from './use-voice.ts'

const EVERY_MS = 2000

const ROUTES: Readonly<Record<VoiceStats['route'], PlainVoiceKey>> = {
  direct: 'routeDirect',
  relayed: 'routeRelayed',
  server: 'routeServer',
  unknown: 'routeUnknown',
}
const SOURCES: Readonly<Record<VoiceStreamStats['source'], PlainVoiceKey>> = {
  mic: 'microphone',
  camera: 'camera',
  screen: 'screen',
  'screen-audio': 'screenSound',
}

/** What the line measures: for who wants to know why it sounds as it does, and for who helps them. */
export function StatisticsDialog(state: OpenState) {
  const say = useVoiceText()
  const stats = useStats(state.open)
  const milliseconds = (value: number) => say('milliseconds', { value: formatNumber(Math.round(value)) })
  const participants = useVoice((snapshot) => snapshot.participants)
  return (
    <Dialog {...state} size="l" isReading title={say('statistics')} description={say('statisticsLead')}>
      {stats === null ? (
        <div className="flex min-h-40 items-center justify-center text-ink-3">
          <Spinner label={say('measuring')} />
        </div>
      ) : (
        <div className="flex flex-col gap-6">
          <section className="flex flex-col gap-2">
            <QualityWords quality={stats.quality} />
            <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3">
              <Figure name={say('route')} value={say(ROUTES[stats.route])} />
              <Figure
                name={say('roundTrip')}
                value={stats.roundTripMs === null ? say('notKnown') : milliseconds(stats.roundTripMs)}
              />
            </dl>
          </section>
          <Streams title={say('youSend')} streams={stats.sent} />
          {stats.people.map(({ userId, route, roundTripMs, received }) => (
            <Streams
              key={userId}
              title={say('fromPerson', {
                name: participants.find((person) => person.userId === userId)?.name ?? userId,
              })}
              note={`${say(ROUTES[route])}${roundTripMs === null ? '' : ` · ${milliseconds(roundTripMs)}`}`}
              streams={received}
            />
          ))}
        </div>
      )}
    </Dialog>
  )
}

function useStats(isOpen: boolean): VoiceStats | null {
  const { voice } = useRoom().room
  const [stats, setStats] = useState<VoiceStats | null>(null)
  useEffect(() => {
    if (!isOpen) return
    let isOver = false
    const look = () =>
      voice.stats().then(
        (next) => {
          if (!isOver) setStats(next)
        },
        () => undefined,
      )
    void look()
    const timer = setInterval(() => void look(), EVERY_MS)
    return () => {
      isOver = true
      clearInterval(timer)
    }
  }, [voice, isOpen])
  return stats
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className="rounded-s bg-surface-3 px-3 py-2">
      <dt className="text-ink-3 text-xs">{name}</dt>
      <dd className="tabular font-semibold text-sm">{value}</dd>
    </div>
  )
}

interface StreamsProps {
  readonly title: string
  readonly note?: string
  readonly streams: readonly VoiceStreamStats[]
}

function Streams({ title, note, streams }: StreamsProps) {
  const say = useVoiceText()
  if (streams.length === 0) return null
  const columns = [say('kind'), say('bitrate'), say('loss'), say('jitter'), say('codec')]
  return (
    <section>
      <h3 className="mb-1 flex flex-wrap items-baseline gap-x-2 text-sm">
        <span dir="auto">{title}</span>
        {note !== undefined && <span className="font-normal text-ink-3 text-xs">{note}</span>}
      </h3>
      <table className="tabular w-full text-sm">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className="pe-3 pb-1 text-start font-medium text-ink-3 text-xs">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {streams.map(({ source, bitrate, loss, jitterMs, codec, width, height, framesPerSecond }) => (
            <tr key={source}>
              <th scope="row" className="py-1.5 pe-3 text-start font-medium">
                {say(SOURCES[source])}
              </th>
              <td className="py-1.5 pe-3">
                <bdi>{say('kilobits', { value: formatNumber(Math.round(bitrate / 1000)) })}</bdi>
              </td>
              <td className="py-1.5 pe-3">
                <bdi>{say('percent', { value: formatNumber(Math.round(loss * 1000) / 10) })}</bdi>
              </td>
              <td className="py-1.5 pe-3">
                <bdi>
                  {jitterMs === null ? '–' : say('milliseconds', { value: formatNumber(Math.round(jitterMs)) })}
                </bdi>
              </td>
              <td className="py-1.5">
                <bdi>
                  {codec ?? '–'}
                  {width !== undefined && height !== undefined && ` ${width}×${height}`}
                  {framesPerSecond !== undefined && ` · ${Math.round(framesPerSecond)} fps`}
                </bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
