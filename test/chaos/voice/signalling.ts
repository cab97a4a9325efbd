import { type ParleyClient, ParleyError } from '@parley/client'
import type { ErrorCode } from '@parley/protocol/constants'
import { type Line, Refused } from '../lines/line.ts'

/** What a stay in voice needs of a connection; the SDK's own is one. */
export type Signalling = Pick<ParleyClient, 'wire' | 'getState' | 'subscribe'>

interface LineSignalling extends Signalling {
  /** By this line from now on; `null`: there is none. */
  use(line: Line | null): void
  hear(name: string, data: unknown): void
}

/** Over the lines that a client has one after the other. */
export function createSignalling(): LineSignalling {
  const watchers = new Set<() => void>()
  const listeners = new Set<(event: { readonly name: string; readonly data: unknown }) => void>()
  let line: Line | null = null

  return {
    use(next) {
      if (line === next) return
      line = next
      for (const watcher of [...watchers]) watcher()
    },
    hear(name, data) {
      for (const listener of [...listeners]) listener({ name, data })
    },
    getState: () =>
      line === null ? { status: 'connecting', attempt: 0 } : { status: 'online', since: 0, transport: 'websocket' },
    subscribe(watcher) {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    wire: {
      async request(event, data) {
        try {
          const answer = await line?.speak?.(event, data)
          if (answer !== undefined) return answer
        } catch (error) {
          if (error instanceof Refused) throw new ParleyError(error.code as ErrorCode, error.message)
        }
        throw new ParleyError('UNAVAILABLE', 'The line ended before this was answered.')
      },
      onEvent(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
  }
}
