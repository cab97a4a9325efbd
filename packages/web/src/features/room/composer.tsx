import { SIZES } from '@parley/protocol/constants'
import { ArrowUp, Check, Smile } from 'lucide-react'
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { hasTouchKeyboard } from '../../platform/touch-keyboard.ts'
import { type ComposerAction, composerAction } from '../../state/composer-keys.ts'
import { readDraft, saveDraft } from '../../state/drafts.ts'
import { placeholderOf } from '../../state/message-placeholder.ts'
import { characterCount } from '../../state/message-size.ts'
import { classNames } from '../../ui/class-names.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { changeMessage } from './change-message.ts'
import { ComposerContext } from './composer-context.tsx'
import { Popover } from './popover.tsx'
import { FullEmojiPicker } from './reaction-picker.tsx'
import { useChat, useRoom, useRoomUi } from './room-context.tsx'

const MAX_ROWS = 8
const COUNTER_FROM = SIZES.maxTextLength - 200

/** Where messages are written, answered and changed. */
export function Composer() {
  const text = useText()
  const { room } = useRoom()
  const { content, write, field } = useContent()
  const composing = useRoomUi((ui) => ui.composing)
  const [isEmojiOpen, setIsEmojiOpen] = useState(false)
  const isEditing = composing.mode === 'edit'
  const submit = useSubmit(content, write, () => field.current?.value === '')
  const over = characterCount(content) - SIZES.maxTextLength
  const canSend = content.trim() !== '' && over <= 0

  const cancel = () => {
    room.ui.setState({ composing: { mode: 'new' } })
    field.current?.focus()
  }

  const run: Readonly<Record<Exclude<ComposerAction, 'none' | 'newline'>, () => void>> = {
    send: submit,
    cancel,
    'edit-last': () => {
      const item = room.chat
        .getSnapshot()
        .timeline.findLast((one) => one.kind === 'message' && one.own && one.status === 'sent')
      if (item?.kind === 'message' && placeholderOf(item.message) === null)
        room.ui.setState({ composing: { mode: 'edit', item } })
    },
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const { key, shiftKey, altKey, ctrlKey, metaKey } = event
    // Safari ends the composition before the key comes; 229 is what it then says.
    const isComposing = event.nativeEvent.isComposing || event.keyCode === 229
    const action = composerAction(
      { key, shiftKey, altKey, ctrlKey, metaKey, isComposing },
      { isEmpty: content === '', hasContext: composing.mode !== 'new', isTouch: hasTouchKeyboard() },
    )
    if (action === 'none' || action === 'newline') return
    event.preventDefault()
    run[action]()
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      className="glass floating-bar rounded-l p-1.5"
    >
      <ComposerContext composing={composing} onCancel={cancel} />
      <div className="flex items-end gap-0.5">
        <Popover
          label={text('room.emoji')}
          align="start"
          open={isEmojiOpen}
          onOpenChange={setIsEmojiOpen}
          trigger={
            <IconButton label={text('room.emoji')} icon={<Smile className="size-5.5" />} className="rounded-[18px]!" />
          }
        >
          <FullEmojiPicker
            onPick={(emoji) => {
              setIsEmojiOpen(false)
              setTimeout(() => room.commands.insertText(emoji), 0)
            }}
          />
        </Popover>
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={content}
          enterKeyHint={hasTouchKeyboard() ? 'enter' : 'send'}
          aria-label={text(isEditing ? 'room.writeEdit' : 'room.writeLabel')}
          aria-invalid={over > 0 || undefined}
          placeholder={text(isEditing ? 'room.writeEdit' : 'room.write')}
          onChange={(event) => {
            write(event.target.value)
            room.chat.setTyping(event.target.value.trim() !== '')
          }}
          onKeyDown={onKeyDown}
          className="max-h-55 min-h-11 flex-1 resize-none bg-transparent px-1.5 py-2.5 text-base leading-6 outline-none"
        />
        <Counter left={-over} />
        <IconButton
          type="submit"
          variant="primary"
          label={text(isEditing ? 'room.save' : 'room.send')}
          icon={
            isEditing ? (
              <Check className="size-5.5" strokeWidth={2.4} />
            ) : (
              <ArrowUp className="size-5.5" strokeWidth={2.4} />
            )
          }
          disabled={!canSend}
          className="rounded-[18px]! disabled:bg-none disabled:bg-surface-3! disabled:text-ink-3! disabled:opacity-100! disabled:shadow-none!"
        />
      </div>
    </form>
  )
}

/** Near the limit: how many characters are left, or too many. */
function Counter({ left }: { readonly left: number }) {
  const text = useText()
  if (left > SIZES.maxTextLength - COUNTER_FROM) return null
  const words = left >= 0 ? text('room.charactersLeft', { count: left }) : text('room.charactersOver', { count: -left })
  return (
    <span
      className={classNames(
        'tabular shrink-0 px-2 pb-3.5 text-xs',
        left < 0 ? 'font-semibold text-danger' : 'text-ink-3',
      )}
    >
      <span aria-hidden="true">{left}</span>
      {/* Said at round numbers only: every keystroke would be noise. */}
      <span role="status" className="sr-only">
        {left < 0 || left % 50 === 0 ? words : ''}
      </span>
    </span>
  )
}

/** What is written: kept as a draft, put back after an edit, grown with its lines. */
function useContent() {
  const { room } = useRoom()
  const { chatId } = room.chat
  const [content, setContent] = useState(() => readDraft(chatId))
  const field = useRef<HTMLTextAreaElement>(null)
  const composing = useRoomUi((ui) => ui.composing)
  const editedId = composing.mode === 'edit' ? composing.item.message.id : null
  const editedContent = composing.mode === 'edit' ? (composing.written ?? composing.item.message.encryptedContent) : ''

  const write = useCallback(
    (next: string) => {
      setContent(next)
      if (editedId === null) saveDraft(chatId, next)
    },
    [chatId, editedId],
  )

  // The draft waits while a message is changed, and comes back after; together with the field's name, so that
  // nobody types into the one under the name of the other.
  const [editedBefore, setEditedBefore] = useState(editedId)
  if (editedId !== editedBefore) {
    setEditedBefore(editedId)
    setContent(editedId === null ? readDraft(chatId) : editedContent)
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the content.
  useLayoutEffect(() => {
    const element = field.current
    if (element === null) return
    element.style.height = 'auto'
    element.style.height = `${Math.min(element.scrollHeight, MAX_ROWS * 24 + 20)}px`
    element.style.overflowY = element.scrollHeight > MAX_ROWS * 24 + 20 ? 'auto' : 'hidden'
  }, [content])

  useEffect(() => {
    room.commands.focusComposer = () => {
      const element = field.current
      element?.focus()
      // After the content of an edit has been put in.
      requestAnimationFrame(() => element?.setSelectionRange(element.value.length, element.value.length))
    }
    room.commands.insertText = (piece) => {
      const element = field.current
      if (element === null) return
      element.focus()
      element.setRangeText(piece, element.selectionStart, element.selectionEnd, 'end')
      write(element.value)
    }
  }, [room, write])

  return { content, write, field }
}

function useSubmit(content: string, write: (content: string) => void, isFieldFree: () => boolean) {
  const { room } = useRoom()
  const composing = useRoomUi((ui) => ui.composing)
  const isHere = useChat(({ phase }) => phase === 'joined' || phase === 'joining')
  return () => {
    const written = content.trim()
    if (written === '' || characterCount(written) > SIZES.maxTextLength || !isHere) return
    room.chat.setTyping(false)
    room.ui.setState({ composing: { mode: 'new' } })
    if (composing.mode === 'edit') {
      const { item } = composing
      if (written !== item.message.encryptedContent) changeMessage(room, item, written, isFieldFree)
      return
    }
    write('')
    room.chat.send({
      content: written,
      ...(composing.mode === 'reply' && { replyToId: composing.item.message.id }),
    })
    room.ui.change({ type: 'answered' })
    room.commands.jumpToLatest()
  }
}
