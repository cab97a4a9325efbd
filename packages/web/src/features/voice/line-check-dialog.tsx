import type { LineReport, LineResult } from '@parley/client/voice'
import { CircleAlert, CircleCheck, CircleMinus, LoaderCircle } from 'lucide-react'
import { formatNumber } from '../../i18n/format.ts'
import { type PlainVoiceKey, useVoiceText } from '../../i18n/voice-words.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import type { OpenState } from '../room/open-state.ts'
import { useLineCheck } from './use-line-check.ts'

const LEGS: readonly {
  readonly leg: keyof LineReport
  readonly name: PlainVoiceKey
  readonly fails: PlainVoiceKey
}[] = [
  { leg: 'socket', name: 'lineSocket', fails: 'lineSocketFails' },
  { leg: 'udp', name: 'lineUdp', fails: 'lineUdpFails' },
  { leg: 'turnUdp', name: 'lineTurnUdp', fails: 'lineTurnUdpFails' },
  { leg: 'turnTcp', name: 'lineTurnTcp', fails: 'lineTurnTcpFails' },
]

/** Tries each leg that sound may take, and says in plain words which works, which fails and what to do. */
export function LineCheckDialog(state: OpenState) {
  const say = useVoiceText()
  const { report, verdict, again } = useLineCheck(state.open)
  return (
    <Dialog
      {...state}
      size="m"
      title={say('lineCheckTitle')}
      description={say('lineCheckLead')}
      footer={
        <Button busy={verdict === null} onClick={again}>
          {say('testAgain')}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        {verdict === 'good' && <Banner tone="success" title={say('verdictGood')} />}
        {verdict === 'relay' && (
          <Banner tone="success" title={say('verdictRelay')}>
            {say('verdictRelayWords')}
          </Banner>
        )}
        {verdict === 'untested' && <Banner title={say('verdictUntested')}>{say('verdictUntestedWords')}</Banner>}
        {verdict === 'bad' && (
          <Banner tone="danger" title={say('verdictBad')}>
            {say('verdictBadWords')}
          </Banner>
        )}
        <ul className="divide-y divide-line">
          {LEGS.map(({ leg, name, fails }) => (
            <Leg
              key={leg}
              name={say(name)}
              fails={say(fails)}
              isRelay={leg.startsWith('turn')}
              line={report?.[leg] ?? null}
            />
          ))}
        </ul>
      </div>
    </Dialog>
  )
}

interface LegProps {
  readonly name: string
  readonly fails: string
  readonly isRelay: boolean
  /** `null` while it is being tried. */
  readonly line: LineResult | null
}

const STATES = {
  checking: { word: 'lineChecking', icon: <LoaderCircle className="size-5 animate-spin" />, ink: 'text-ink-3' },
  works: { word: 'lineWorks', icon: <CircleCheck className="size-5" />, ink: 'text-success' },
  fails: { word: 'lineFails', icon: <CircleAlert className="size-5" />, ink: 'text-danger' },
  absent: { word: 'lineAbsent', icon: <CircleMinus className="size-5" />, ink: 'text-ink-3' },
} as const

function Leg({ name, fails, isRelay, line }: LegProps) {
  const say = useVoiceText()
  const { word, icon, ink } = STATES[line?.result ?? 'checking']
  return (
    <li className="flex items-start gap-3 py-3 text-sm">
      <span aria-hidden="true" className={`mt-0.5 inline-flex ${ink}`}>
        {icon}
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium">{name}</p>
        {line?.result === 'fails' && (
          <p className="text-ink-2 text-xs">
            {fails}
            {line.detail !== null && (
              <bdi lang="en" className="block text-ink-3">
                {line.detail}
              </bdi>
            )}
          </p>
        )}
        {line?.result === 'absent' && isRelay && <p className="text-ink-3 text-xs">{say('lineAbsentWords')}</p>}
      </div>
      <p className="tabular shrink-0 text-ink-2">
        {say(word)}
        {line !== null && line.ms !== null && (
          <bdi className="ms-2 text-ink-3 text-xs">{say('milliseconds', { value: formatNumber(line.ms) })}</bdi>
        )}
      </p>
    </li>
  )
}
