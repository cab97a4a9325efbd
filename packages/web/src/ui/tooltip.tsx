import * as Primitive from 'radix-ui/tooltip'
import type { ReactElement, ReactNode } from 'react'

export interface TooltipProps {
  /** Short; the same as the control's label, or its shortcut. Nothing essential lives here: touch has no hover. */
  readonly label: ReactNode
  /** One element that takes a ref. */
  readonly children: ReactElement
  readonly side?: 'top' | 'bottom' | 'left' | 'right'
}

/** Names a control on hover and focus. */
export function Tooltip({ label, children, side = 'top' }: TooltipProps) {
  return (
    <Primitive.Provider delayDuration={400} skipDelayDuration={200}>
      <Primitive.Root>
        <Primitive.Trigger asChild>{children}</Primitive.Trigger>
        <Primitive.Portal>
          <Primitive.Content
            side={side}
            sideOffset={6}
            collisionPadding={8}
            className="z-50 max-w-64 animate-[fade-in_120ms_ease-out] rounded-s bg-ink-1 px-2.5 py-1.5 text-surface-1 text-xs shadow-high"
          >
            {label}
          </Primitive.Content>
        </Primitive.Portal>
      </Primitive.Root>
    </Primitive.Provider>
  )
}
