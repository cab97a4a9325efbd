import { Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Spinner } from '../../ui/spinner.tsx'

const QUICK_REACTIONS = ['👍', '❤️', '😂', '🎉', '😮', '🙏'] as const

const EmojiPicker = lazy(() => import('./emoji-picker.tsx').then(({ EmojiPicker }) => ({ default: EmojiPicker })))

export interface ReactionPickerProps {
  readonly onPick: (emoji: string) => void
}

/** The usual reactions in a row, and behind the plus all emoji. */
export function ReactionPicker({ onPick }: ReactionPickerProps) {
  const text = useText()
  const [isFull, setIsFull] = useState(false)
  if (isFull) return <FullEmojiPicker onPick={onPick} />
  return (
    <div className="flex items-center gap-0.5 p-1">
      {QUICK_REACTIONS.map((emoji) => (
        <IconButton
          key={emoji}
          label={text('room.reactWith', { emoji })}
          icon={<span className="text-[1.375rem] leading-none">{emoji}</span>}
          onClick={() => onPick(emoji)}
        />
      ))}
      <IconButton label={text('room.moreEmoji')} icon={<Plus className="size-5" />} onClick={() => setIsFull(true)} />
    </div>
  )
}

/** All emoji; fetched when first wanted. */
export function FullEmojiPicker({ onPick }: ReactionPickerProps) {
  const text = useText()
  return (
    <Suspense
      fallback={
        <div className="flex h-90 w-84 max-w-full items-center justify-center text-ink-3">
          <Spinner label={text('room.emojiLoading')} />
        </div>
      }
    >
      <EmojiPicker onPick={onPick} />
    </Suspense>
  )
}
