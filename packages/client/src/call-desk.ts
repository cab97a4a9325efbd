import type { Call, ServerData, ServerEvent } from '@parley/protocol/messenger'
import type { CallView, ChatManagerEvents } from './chat-manager-types.ts'
import { type Clock, createTimer } from './clock.ts'

type CallEvent = 'call:incoming' | 'call:answer' | 'call:reject' | 'call:end' | 'call:ice-candidate'

export interface CallDeskOptions {
  readonly clock: Clock
  readonly selfId: () => string | null
  readonly onChange: () => void
  readonly tell: (view: CallView) => void
  readonly signal: (signal: ChatManagerEvents['signal']) => void
}

/** The call that the page shows: one at a time. */
export interface CallDesk {
  readonly view: CallView | null
  received(event: string, data: unknown): void
  /** We rang, or crossed with a call that we now are in. */
  started(call: Call): void
  answered(call: Call): void
  /** Over for us. */
  ended(callId: string): void
  /** The socket is gone, or back: a call does not outlive a long absence. */
  lineChanged(isUp: boolean): void
}

/** How long the end of a call is shown. */
const LINGER_MS = 4000
/** The server gives up on somebody who is gone for so long. */
const GONE_MS = 15_000

export function createCallDesk({ clock, selfId, onChange, tell, signal }: CallDeskOptions): CallDesk {
  const linger = createTimer(clock)
  const gone = createTimer(clock)
  let view: CallView | null = null

  const isLive = (): boolean => view !== null && view.phase !== 'ended' && view.phase !== 'elsewhere'
  const isOf = (callId: string): boolean => isLive() && view?.call.id === callId

  function show(next: CallView): void {
    linger.clear()
    view = next
    if (!isLive()) {
      linger.set(LINGER_MS, () => {
        view = null
        onChange()
      })
    }
    onChange()
    tell(next)
  }

  function end(callId: string, reason: Call['endReason']): void {
    if (view === null || !isOf(callId)) return
    const { state: _, ...rest } = view.call
    const call: Call = { ...rest, state: 'ended', ...(reason !== undefined && { endReason: reason }) }
    show({ ...view, call, phase: reason === 'answered-elsewhere' ? 'elsewhere' : 'ended' })
  }

  const phaseOf = (call: Call, before: CallView['phase']): CallView['phase'] =>
    call.state === 'active' && before !== 'incoming' ? 'active' : before

  const handlers: { readonly [E in CallEvent]: (data: ServerData<E>) => void } = {
    'call:incoming'({ call, offer, from }) {
      if (isLive() && view?.call.id !== call.id) return
      show({ call, phase: 'incoming', from })
      if (offer !== undefined) signal({ callId: call.id, kind: 'offer', from: from.userId, data: offer })
    },
    'call:answer'({ callId, call, userId, answer }) {
      if (view === null || !isOf(callId)) return
      show({ ...view, call, phase: phaseOf(call, view.phase) })
      if (answer !== undefined && userId !== selfId()) signal({ callId, kind: 'answer', from: userId, data: answer })
    },
    'call:reject'({ callId, call }) {
      if (view !== null && isOf(callId)) show({ ...view, call })
    },
    'call:end': ({ callId, reason }) => end(callId, reason),
    'call:ice-candidate'({ callId, from, candidate }) {
      if (isOf(callId)) signal({ callId, kind: 'candidate', from, data: candidate })
    },
  }
  const byName = handlers as Readonly<Partial<Record<ServerEvent | string, (data: never) => void>>>

  return {
    get view() {
      return view
    },
    received: (event, data) => byName[event]?.(data as never),
    started(call) {
      const from = view?.call.id === call.id ? view.from : null
      show({ call, phase: call.state === 'active' ? 'active' : 'outgoing', from })
    },
    answered: (call) => show({ call, phase: 'active', from: view?.call.id === call.id ? view.from : null }),
    ended: (callId) => end(callId, 'hangup'),
    lineChanged(isUp) {
      gone.clear()
      if (!isUp && isLive()) gone.set(GONE_MS, () => end(view?.call.id ?? '', 'failed'))
    },
  }
}
