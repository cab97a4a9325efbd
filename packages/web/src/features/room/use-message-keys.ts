import type { KeyboardEvent } from 'react'
import { messageKeyAction } from '../../state/room-keys.ts'
import type { MessageRow } from '../../state/timeline-rows.ts'
import { messageRights } from './room-actions.ts'
import { useRoom, useSelf } from './room-context.tsx'
import type { MoveFocus } from './use-focus-moves.ts'

/** Keys on the message itself; those pressed on a button inside it are the button's. */
export function useMessageKeys(row: MessageRow, onMove: MoveFocus) {
  const { room, actions } = useRoom()
  const isHost = useSelf()?.role === 'host'
  return (event: KeyboardEvent<HTMLElement>) => {
    const isOnMessage = event.target === event.currentTarget
    const action = messageKeyAction(event)
    if (action === null || (!isOnMessage && action !== 'leave' && action !== 'previous' && action !== 'next')) return
    if (!event.currentTarget.contains(event.target as Node)) return
    const { item } = row
    const rights = messageRights(item, isHost)
    const openOn = (what: 'menu' | 'reactions') => room.ui.setState({ openOnMessage: { key: row.key, what } })
    event.preventDefault()
    event.stopPropagation()
    switch (action) {
      case 'previous':
      case 'next':
      case 'first':
      case 'latest':
        return onMove(row.key, action)
      case 'leave':
        room.ui.setState({ focusedKey: null })
        return room.commands.focusComposer()
      case 'open':
        return rights.mayCopy || rights.mayDelete ? openOn('menu') : undefined
      case 'react':
        return rights.mayAnswer ? openOn('reactions') : undefined
      case 'reply':
        return rights.mayAnswer ? actions.reply(item) : undefined
      case 'edit':
        return rights.mayEdit ? actions.edit(item) : undefined
      case 'delete':
        return rights.mayDelete ? actions.askToDelete(item) : undefined
      case 'copy':
        return rights.mayCopy ? actions.copy(item.message.encryptedContent, 'room.textCopied') : undefined
    }
  }
}
