import type { TimelineMessage } from '@parley/client'
import { text } from '../../i18n/text.ts'
import { failureOf } from '../../platform/failure.ts'
import { excerptOf } from '../../state/message-size.ts'
import type { Room } from '../../state/open-room.ts'
import { showToast } from '../../ui/toaster.tsx'
import { failureWords } from './failure-words.ts'

/**
 * Gives a message other words. When that fails they go back to where they were written, or wait in the toast while
 * something else is written there.
 */
export function changeMessage(room: Room, item: TimelineMessage, written: string, isFieldFree: () => boolean): void {
  room.chat.edit(item.message.id, written).catch((error: unknown) => {
    const why = text(failureWords(failureOf(error).code))
    if (room.ui.getState().composing.mode === 'new' && isFieldFree()) {
      room.ui.setState({ composing: { mode: 'edit', item, written } })
      showToast(why, { tone: 'danger', id: 'room-failure' })
      return
    }
    showToast(why, {
      tone: 'danger',
      detail: excerptOf(written),
      id: `change-${item.message.id}`,
      durationMs: Number.POSITIVE_INFINITY,
      action: { label: text('room.retry'), onClick: () => changeMessage(room, item, written, isFieldFree) },
    })
  })
}
