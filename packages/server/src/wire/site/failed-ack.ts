import { SIZES, type site } from '@parley/protocol'
import type { Refusal } from '../dispatch.ts'

/** What the sender learns of a message that was not taken; `null` when it was none, or did not say which. */
export function failedAck(event: string, data: unknown, { code, message, retryAfterMs }: Refusal): site.Ack | null {
  if (event !== 'message:send' || typeof data !== 'object' || data === null || !('messageId' in data)) return null
  const { messageId } = data
  if (typeof messageId !== 'string' || messageId.length > SIZES.maxClientIdLength) return null
  return { messageId, status: 'failed', code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
}
