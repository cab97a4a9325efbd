import type { RoomPreview } from '@parley/protocol/rooms'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type Failure, failureOf } from '../../platform/failure.ts'
import { restApi } from '../../platform/rest-api.ts'

export type PreviewState =
  | { readonly status: 'looking' }
  | { readonly status: 'found'; readonly room: RoomPreview }
  | { readonly status: 'failed'; readonly failure: Failure }

/** What may be well a moment later, and says nothing about the room. */
const passing: ReadonlySet<Failure['code']> = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL'])

const lookAgainMs = 30_000
const reachAgainMs = 5_000

/** How long until the next look; `null` where looking again can change nothing. */
function pauseOf(state: PreviewState): number | null {
  if (state.status === 'found') return lookAgainMs
  if (state.status === 'looking') return null
  const { code, retryAt } = state.failure
  if (code === 'UNAVAILABLE' || code === 'INTERNAL') return reachAgainMs
  if (code === 'RATE_LIMITED' && retryAt !== null) return Math.max(1000, retryAt - Date.now())
  return null
}

/**
 * What may be known of a room before joining, kept fresh: looked up again every half minute while the page is
 * in view, at once when it comes back into view or the device comes online, and after a wait that the server asked for.
 */
export function useRoomPreview(roomId: string): { readonly state: PreviewState; readonly look: () => Promise<void> } {
  const [state, setState] = useState<PreviewState>({ status: 'looking' })
  const latest = useRef(0)

  const look = useCallback(async () => {
    latest.current += 1
    const turn = latest.current
    const next = await restApi.preview(roomId).then(
      (room): PreviewState => ({ status: 'found', room }),
      (error: unknown): PreviewState => ({ status: 'failed', failure: failureOf(error) }),
    )
    if (turn !== latest.current) return
    // Whoever fills in the form keeps it: it says by itself when joining fails. A locked room has none.
    setState((before) => {
      const hasForm = before.status === 'found' && !before.room.isLocked
      return hasForm && next.status === 'failed' && passing.has(next.failure.code) ? before : next
    })
  }, [roomId])

  useEffect(() => {
    void look()
    return () => {
      latest.current += 1
    }
  }, [look])

  useEffect(() => {
    const pauseMs = pauseOf(state)
    if (pauseMs === null || state.status === 'looking') return
    const lookIfSeen = () => {
      if (document.visibilityState === 'visible') void look()
    }
    const timer = setInterval(lookIfSeen, pauseMs)
    const canHurry = state.status === 'found' || state.failure.code === 'UNAVAILABLE'
    if (canHurry) {
      document.addEventListener('visibilitychange', lookIfSeen)
      addEventListener('online', lookIfSeen)
    }
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', lookIfSeen)
      removeEventListener('online', lookIfSeen)
    }
  }, [state, look])

  return { state, look }
}
