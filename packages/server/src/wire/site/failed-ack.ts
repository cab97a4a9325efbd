import type { site } from '@parley/protocol'
import type { Refusal } from '../dispatch.ts'

/** More than an own id may have: whoever sent a longer one knows it by what it begins with. */
const MAX_ECHOED_LENGTH = 128

/** What the sender learns of a message that was not taken; `null` when it was none. */
export function failedAck(event: string, data: unknown, { code, message, retryAfterMs }: Refusal): site.Ack | null {
  if (event !== 'message:send') return null
  const { messageId } = (data ?? {}) as { readonly messageId?: unknown }
  return {
    messageId: typeof messageId === 'string' ? messageId.slice(0, MAX_ECHOED_LENGTH) : '',
    ...{ status: 'failed', code, message },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}
