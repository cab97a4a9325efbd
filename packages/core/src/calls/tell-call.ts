import type { Notification } from '../notifications/notification.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { CallDecision } from './call-decision.ts'
import { partyOf } from './call-decision.ts'

/** Tells the devices what was decided, and leaves a notification for those who missed the call. Never rejects. */
export type TellCall = (decision: CallDecision) => Promise<void>

export function createTellCall({
  notifications,
  bus,
  clock,
  ids,
  report,
}: Pick<CorePorts, 'notifications' | 'bus' | 'clock' | 'ids' | 'report'>): TellCall {
  return async ({ call, tell, missed }) => {
    for (const addressed of tell) bus.publishToUsers(addressed)
    if (missed.length === 0) return
    const at = clock.now()
    const data = {
      callId: call.id,
      type: call.media,
      fromId: call.callerId,
      fromName: partyOf(call, call.callerId)?.name ?? call.callerId,
    }
    const created = missed.map((userId): Notification => {
      const { conversationId } = call
      const id = ids.notificationId()
      return { id, userId, kind: 'call', conversationId, messageId: null, seq: null, data, createdAt: at }
    })
    try {
      await notifications.add(created)
    } catch (error) {
      // The call stands as it was decided: its devices have heard so.
      report?.(error)
      return
    }
    for (const notification of created) {
      bus.publishToUsers({
        event: { type: 'notification.created', at, notification },
        userIds: [notification.userId],
        onlySession: null,
        exceptSession: null,
      })
    }
  }
}
