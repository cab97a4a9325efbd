import { CloudOff, MoonStar, PlugZap, RefreshCw, WifiOff } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { type PlainKey, useText } from '../../i18n/text.ts'
import { useNow } from '../../platform/use-now.ts'
import { type ConnectionView, connectionView } from '../../state/connection-view.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { useConnection, useRoom } from './room-context.tsx'

/** A short break is over before anybody has read about it. */
const PATIENCE_MS = 900

const SHORT: Readonly<Record<ConnectionView['kind'], PlainKey>> = {
  online: 'room.connected',
  connecting: 'room.connecting',
  reconnecting: 'room.reconnecting',
  waiting: 'room.reconnecting',
  unreachable: 'room.reconnecting',
  restarting: 'room.reconnecting',
  offline: 'room.offline',
  idle: 'room.paused',
  ended: 'room.sessionEnded',
}

/** The connection as it stands. */
function useConnectionView(): ConnectionView {
  const state = useConnection()
  const hasBeenOnline = useRef(false)
  if (state.status === 'online') hasBeenOnline.current = true
  return connectionView(state, hasBeenOnline.current)
}

/**
 * In one or two words, and read out when it changes. While all is well the dot says so alone on a phone, where the
 * words would have to be cut.
 */
export function ConnectionWord() {
  const text = useText()
  const { kind } = useConnectionView()
  const isBad = kind === 'offline' || kind === 'ended' || kind === 'unreachable'
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5 text-ink-3 text-xs">
      <span
        aria-hidden="true"
        className={classNames(
          'size-2 shrink-0 rounded-full transition-colors duration-200',
          kind === 'online' ? 'bg-success' : isBad ? 'bg-danger' : 'border-2 border-warning bg-transparent',
        )}
      />
      <span role="status" className={kind === 'online' ? 'truncate max-sm:sr-only' : 'truncate'}>
        {text(SHORT[kind])}
      </span>
    </span>
  )
}

/** While the line is down: why, and what helps. Floats, so that nothing under it moves. */
export function ConnectionNotice({ onRejoin }: { readonly onRejoin: () => void }) {
  const text = useText()
  const { room } = useRoom()
  const view = useConnectionView()
  const isShown = useLasting(view.kind !== 'online' && view.kind !== 'connecting', view.kind === 'ended')
  const retryAt = 'retryAt' in view ? view.retryAt : null
  const now = useNow(isShown && retryAt !== null ? 1000 : null)
  if (!isShown) return null
  const seconds = retryAt === null ? 0 : Math.max(1, Math.ceil((retryAt - now) / 1000))
  const tryNow = (
    <Button size="s" onClick={() => room.client.connect()}>
      {text('room.tryNow')}
    </Button>
  )
  switch (view.kind) {
    case 'online':
    case 'connecting':
      return null
    case 'reconnecting':
      return (
        <Notice
          icon={<RefreshCw className="size-5" />}
          title={text('room.reconnecting')}
          words={text('room.lostText')}
        />
      )
    case 'offline':
      return (
        <Notice icon={<WifiOff className="size-5" />} title={text('room.offline')} words={text('room.offlineText')} />
      )
    case 'idle':
      return (
        <Notice
          icon={<MoonStar className="size-5" />}
          title={text('room.paused')}
          words={text('room.pausedText')}
          action={
            <Button size="s" onClick={() => room.client.connect()}>
              {text('room.reconnect')}
            </Button>
          }
        />
      )
    case 'waiting':
      return (
        <Notice
          icon={<RefreshCw className="size-5" />}
          title={text('room.reconnectingIn', { count: seconds })}
          words={text('room.lostText')}
          action={tryNow}
        />
      )
    case 'unreachable':
      return (
        <Notice
          icon={<CloudOff className="size-5" />}
          title={text('room.unreachable')}
          words={text('room.unreachableText', { count: seconds })}
          action={tryNow}
        />
      )
    case 'restarting':
      return (
        <Notice
          icon={<PlugZap className="size-5" />}
          title={text('room.restarting')}
          words={text('room.restartingText', { count: seconds })}
          action={tryNow}
        />
      )
    case 'ended':
      return (
        <Notice
          icon={<PlugZap className="size-5" />}
          title={text('room.sessionEnded')}
          words={text('room.sessionEndedText')}
          action={
            <Button size="s" variant="primary" onClick={onRejoin}>
              {text('room.joinAgain')}
            </Button>
          }
        />
      )
  }
}

interface NoticeProps {
  readonly icon: ReactNode
  readonly title: string
  readonly words: string
  readonly action?: ReactNode
}

function Notice({ icon, title, words, action }: NoticeProps) {
  return (
    <div className="glass pointer-events-auto mx-auto flex w-fit max-w-full animate-[rise-in_160ms_ease-out] items-center gap-3 rounded-m py-2.5 ps-4 pe-3">
      <span aria-hidden="true" className="shrink-0 text-warning">
        {icon}
      </span>
      <div className="min-w-0 pe-1 text-sm">
        <p className="tabular font-semibold">{title}</p>
        <p className="tabular text-ink-2 text-xs">{words}</p>
      </div>
      {action}
    </div>
  )
}

/** True once the condition has lasted a moment; at once when it is final. */
function useLasting(condition: boolean, isFinal: boolean): boolean {
  const [lasted, setLasted] = useState(false)
  useEffect(() => {
    if (!condition) return setLasted(false)
    const timer = setTimeout(() => setLasted(true), isFinal ? 0 : PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [condition, isFinal])
  return condition && lasted
}
