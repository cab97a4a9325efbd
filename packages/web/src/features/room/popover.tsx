import * as Primitive from 'radix-ui/popover'
import type { ReactElement, ReactNode } from 'react'
import { leaveFocus } from '../../ui/leave-focus.ts'

export interface PopoverProps {
  /** The button that opens it: one element that takes a ref. */
  readonly trigger: ReactElement
  readonly label: string
  readonly children: ReactNode
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly side?: 'top' | 'bottom'
  readonly align?: 'start' | 'center' | 'end'
}

/** A small panel beside its button. Escape closes it and focus returns to the button. */
export function Popover({
  trigger,
  label,
  children,
  open,
  onOpenChange,
  side = 'top',
  align = 'center',
}: PopoverProps) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          aria-label={label}
          side={side}
          align={align}
          sideOffset={8}
          collisionPadding={8}
          onCloseAutoFocus={leaveFocus}
          className="glass z-50 max-w-[calc(100vw-16px)] overflow-hidden rounded-m outline-none data-[state=open]:animate-[dialog-in_140ms_var(--ease-out)]"
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
