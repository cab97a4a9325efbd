import { useText } from '../../i18n/text.ts'
import { useChat } from './room-context.tsx'

/** Who is writing at the moment. Its place is always kept, so that nothing jumps. */
export function TypingLine() {
  const text = useText()
  const typing = useChat((snapshot) => snapshot.typing)
  const [first, second] = typing
  const words =
    first === undefined
      ? ''
      : second === undefined
        ? text('room.typingOne', { name: first.name })
        : typing.length === 2
          ? text('room.typingTwo', { first: first.name, second: second.name })
          : text('room.typingMany', { count: typing.length })
  return (
    <p className="flex h-6 items-center gap-2 px-4 text-ink-3 text-xs">
      {words !== '' && (
        <>
          <span aria-hidden="true" className="inline-flex gap-0.75">
            {[0, 1, 2].map((dot) => (
              <span
                key={dot}
                className="size-1.25 animate-[typing_1.2s_ease-in-out_infinite] rounded-full bg-ink-3"
                style={{ animationDelay: `${dot * 160}ms` }}
              />
            ))}
          </span>
          <span className="truncate">{words}</span>
        </>
      )}
    </p>
  )
}
