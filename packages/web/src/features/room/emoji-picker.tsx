import { EmojiPicker as Picker } from 'frimousse'
import { Search } from 'lucide-react'
import { useLocale } from '../../i18n/locale.ts'
import { useText } from '../../i18n/text.ts'
import { controlClass } from '../../ui/field.tsx'
import { loadEmojiData } from './emoji-data.ts'

/** All emoji by group, with search. Arrow keys move, Enter picks. */
export function EmojiPicker({ onPick }: { readonly onPick: (emoji: string) => void }) {
  const text = useText()
  const { language } = useLocale()
  return (
    <Picker.Root
      locale={language}
      columns={8}
      resolveEmojiData={loadEmojiData}
      onEmojiSelect={({ emoji }) => onPick(emoji)}
      className="isolate flex h-90 w-full flex-col sm:w-84"
    >
      <div className="relative p-2">
        <Search aria-hidden="true" className="absolute inset-y-0 start-5 my-auto size-4 text-ink-3" />
        <Picker.Search
          autoFocus
          aria-label={text('room.emojiSearch')}
          placeholder={text('room.emojiSearch')}
          className={`${controlClass} h-11 ps-9 pe-3 text-base sm:text-sm`}
        />
      </div>
      <Picker.Viewport className="min-h-0 flex-1 outline-none">
        <Picker.Loading className="absolute inset-0 flex items-center justify-center text-ink-3 text-sm">
          {text('room.emojiLoading')}
        </Picker.Loading>
        <Picker.Empty className="absolute inset-0 flex items-center justify-center text-ink-3 text-sm">
          {text('room.emojiNone')}
        </Picker.Empty>
        <Picker.List
          aria-label={text('room.emoji')}
          className="select-none pb-2"
          components={{
            CategoryHeader: ({ category, ...props }) => (
              <div {...props} className="bg-surface-2 px-3 py-1.5 font-medium text-ink-3 text-xs">
                {category.label}
              </div>
            ),
            Row: ({ children, ...props }) => (
              <div {...props} className="scroll-my-1.5 justify-between px-1.5">
                {children}
              </div>
            ),
            Emoji: ({ emoji, ...props }) => (
              <button
                {...props}
                type="button"
                className="flex h-11 min-w-0 flex-1 items-center justify-center rounded-s text-[1.375rem] leading-none data-[active]:bg-surface-3 sm:h-10"
              >
                {emoji.emoji}
              </button>
            ),
          }}
        />
      </Picker.Viewport>
    </Picker.Root>
  )
}
