import { useCallUi, useVoice } from './use-voice.ts'

/** Reactions as they come: they rise, say whose they are, and go. Read out elsewhere. */
export function FloatingReactions() {
  const reactions = useCallUi((ui) => ui.reactions)
  const participants = useVoice((snapshot) => snapshot.participants)
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-x-0 bottom-4 z-30 h-0">
      {reactions.map(({ id, userId, emoji }) => (
        <div
          key={id}
          className="floating-reaction absolute bottom-0 flex flex-col items-center gap-1"
          style={{ insetInlineStart: `${12 + ((id * 37) % 72)}%` }}
        >
          <span className="text-[2.25rem] leading-none">{emoji}</span>
          <span
            dir="auto"
            className="max-w-32 truncate rounded-full bg-surface-2/90 px-2 text-ink-1 text-xs shadow-low"
          >
            {participants.find((person) => person.userId === userId)?.name}
          </span>
        </div>
      ))}
    </div>
  )
}
