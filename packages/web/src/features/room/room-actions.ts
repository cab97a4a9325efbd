import type { TimelineMessage } from '@parley/client'
import { type PlainKey, text } from '../../i18n/text.ts'
import { copyText } from '../../platform/clipboard.ts'
import { failureOf } from '../../platform/failure.ts'
import { placeholderOf } from '../../state/message-placeholder.ts'
import type { Room } from '../../state/open-room.ts'
import { showToast } from '../../ui/toaster.tsx'
import { failureWords } from './failure-words.ts'

/** What people do in a room; a failure is said in a toast, in plain words. */
export interface RoomActions {
  /** Runs it and says so when it fails. Resolves with whether it worked. */
  attempt: (work: Promise<unknown>) => Promise<boolean>
  reply: (item: TimelineMessage) => void
  edit: (item: TimelineMessage) => void
  copy: (content: string, done: PlainKey) => void
  react: (item: TimelineMessage, emoji: string) => void
  askToDelete: (item: TimelineMessage) => void
}

export function createRoomActions({ chat, ui, commands }: Room): RoomActions {
  const attempt: RoomActions['attempt'] = (work) =>
    work.then(
      () => true,
      (error: unknown) => {
        showToast(text(failureWords(failureOf(error).code)), { tone: 'danger', id: 'room-failure' })
        return false
      },
    )

  return {
    attempt,
    reply(item) {
      ui.setState({ composing: { mode: 'reply', item } })
      commands.focusComposer()
    },
    edit(item) {
      ui.setState({ composing: { mode: 'edit', item } })
      commands.focusComposer()
    },
    copy(content, done) {
      void copyText(content).then((worked) => {
        if (worked) showToast(text(done), { tone: 'success', id: 'copied' })
        else showToast(text('room.copyFailed'), { tone: 'danger', id: 'copied' })
      })
    },
    react(item, emoji) {
      const { selfId } = chat.getSnapshot()
      const isOn = item.message.reactions[emoji]?.includes(selfId ?? '') ?? false
      void attempt(chat.react(item.message.id, emoji, !isOn))
    },
    askToDelete(item) {
      ui.setState({ dialog: { name: 'delete', item } })
    },
  }
}

/** What one may do with a message, as the server will see it too. */
export interface MessageRights {
  readonly mayAnswer: boolean
  readonly mayEdit: boolean
  readonly mayDelete: boolean
  readonly mayCopy: boolean
}

export function messageRights(item: TimelineMessage, isHost: boolean): MessageRights {
  const isThere = item.status === 'sent' && item.message.deletedAt === undefined
  const isReadable = placeholderOf(item.message) === null
  return {
    mayAnswer: isThere && isReadable,
    mayEdit: isThere && isReadable && item.own,
    mayDelete: isThere && (item.own || isHost),
    mayCopy: isReadable,
  }
}
