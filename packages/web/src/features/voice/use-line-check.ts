import { checkLines, type LineReport } from '@parley/client/voice'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type LineVerdict, lineVerdict } from '../../state/line-verdict.ts'
import { useRoom } from '../room/room-context.tsx'

export interface LineCheck {
  /** `null` while it is being tried. */
  readonly report: LineReport | null
  readonly verdict: LineVerdict | null
  again: () => void
}

/** Tries every way while `isOn`. */
export function useLineCheck(isOn: boolean): LineCheck {
  const { client, chat } = useRoom().room
  const [report, setReport] = useState<LineReport | null>(null)
  const current = useRef(0)
  const again = useCallback(() => {
    current.current += 1
    const mine = current.current
    setReport(null)
    void checkLines({ client, iceServers: chat.voice.iceServers }).then((next) => {
      if (mine === current.current) setReport(next)
    })
  }, [client, chat])
  useEffect(() => {
    if (isOn) again()
  }, [isOn, again])
  return { report, verdict: report === null ? null : lineVerdict(report), again }
}
