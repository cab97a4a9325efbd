import { useEffect } from 'react'
import { text as say } from '../../i18n/text.ts'
import { createAnnouncer } from '../../state/announcer.ts'
import { placeholderOf } from '../../state/message-placeholder.ts'
import { showToast } from '../../ui/toaster.tsx'
import { notSentWords } from './failure-words.ts'
import { useOpenDialog, useRoom, useSelf } from './room-context.tsx'

/** Says what happens: messages to screen readers, and in toasts what nobody should miss. */
export function useRoomNews(): void {
  useSpokenMessages()
  useSpokenFailures()
  useWarnings()
  useKnocks()
}

function useSpokenMessages(): void {
  const { room } = useRoom()
  useEffect(() => {
    const announcer = createAnnouncer(
      (words) => room.commands.announce(words),
      () => ({
        message: (name, content) => say('room.heard', { name, content }),
        messages: (count) => say('room.unreadCount', { count }),
      }),
    )
    const stop = room.chat.on('message', (message) => {
      const placeholder = placeholderOf(message)
      announcer.hear(message.senderName, placeholder === null ? message.encryptedContent : say(placeholder))
    })
    return () => {
      stop()
      announcer.stop()
    }
  }, [room])
}

/** Who can't see it would take a message that was refused for sent. */
function useSpokenFailures(): void {
  const { room } = useRoom()
  useEffect(() => {
    const failed = () =>
      room.chat.getSnapshot().timeline.filter((item) => item.kind === 'message' && item.status === 'failed')
    let before = new Set(failed().map(({ key }) => key))
    return room.chat.subscribe(() => {
      const now = failed()
      const fresh = now.findLast(({ key }) => !before.has(key))
      before = new Set(now.map(({ key }) => key))
      if (fresh?.kind === 'message') room.commands.announce(notSentWords(say, fresh))
    })
  }, [room])
}

function useWarnings(): void {
  const { room } = useRoom()
  const openDialog = useOpenDialog()
  const isHost = useSelf()?.role === 'host'
  useEffect(() => {
    const stopExpiring = room.chat.on('expiring', ({ minutesLeft }) => {
      showToast(say(minutesLeft <= 1 ? 'room.oneMinuteLeft' : 'room.fiveMinutesLeft'), {
        detail: say('room.closesSoon'),
        id: 'expiring',
        durationMs: 12_000,
        action: isHost
          ? { label: say('room.extend'), onClick: () => openDialog({ name: 'extend' }) }
          : { label: say('room.export'), onClick: () => openDialog({ name: 'export' }) },
      })
    })
    const stopReset = room.chat.on('reset', () => showToast(say('room.historyGap'), { id: 'reset', durationMs: 8000 }))
    return () => {
      stopExpiring()
      stopReset()
    }
  }, [room, openDialog, isHost])
}

/** Who waits stays in view until answered; a toast on top of that would only be in the way. */
function useKnocks(): void {
  const { room } = useRoom()
  useEffect(() => room.chat.on('knock', ({ name }) => room.commands.announce(say('room.knock', { name }))), [room])
}
