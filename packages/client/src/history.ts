import { SIZES } from '@parley/protocol/constants'
import type { Answer, Message } from '@parley/protocol/messenger'
import type { Clock } from './clock.ts'
import { ParleyError } from './parley-error.ts'

export type ReadPage = (page: { readonly before?: number; readonly limit: number }) => Promise<Answer<'chat:history'>>

const MAX_FAILURES = 5
const PAUSE_MS = 1000

/** Every message, ascending, page by page from the newest; waits when the server asks to. */
export async function readHistory(readPage: ReadPage, clock: Clock): Promise<readonly Message[]> {
  const pages: (readonly Message[])[] = []
  let before: number | undefined
  let failures = 0
  for (;;) {
    try {
      const page = await readPage({ limit: SIZES.maxHistoryPage, ...(before !== undefined && { before }) })
      failures = 0
      pages.push(page.messages)
      before = page.messages[0]?.seq
      if (!page.hasMore || before === undefined) return pages.reverse().flat()
    } catch (error) {
      failures += 1
      const mayPass = error instanceof ParleyError && (error.code === 'RATE_LIMITED' || error.code === 'UNAVAILABLE')
      if (!mayPass || failures > MAX_FAILURES) throw error
      const waitMs = error.retryAfterMs ?? PAUSE_MS
      await new Promise<void>((resolve) => {
        clock.setTimeout(resolve, waitMs)
      })
    }
  }
}
