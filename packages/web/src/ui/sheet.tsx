import { X } from 'lucide-react'
import * as Primitive from 'radix-ui/dialog'
import type { ReactNode } from 'react'
import { useText } from '../i18n/text.ts'
import { IconButton } from './icon-button.tsx'
import { Overlay } from './overlay.tsx'
import { useDialogFocus } from './use-dialog-focus.ts'
import { useOpening } from './use-opening.ts'

export interface SheetProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  readonly children?: ReactNode
}

/** A panel for a list: from the bottom on a phone, along the end of a wide screen. Its content scrolls. */
export function Sheet(props: SheetProps) {
  return <SheetOpening key={useOpening(props.open)} {...props} />
}

function SheetOpening({ open, onOpenChange, title, children }: SheetProps) {
  const text = useText()
  const focus = useDialogFocus()
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Overlay />
        <Primitive.Content
          {...focus}
          aria-describedby={undefined}
          className="glass-thick fixed inset-x-0 bottom-0 z-50 flex max-h-[85dvh] flex-col rounded-t-l outline-none data-[state=closed]:pointer-events-none data-[state=closed]:animate-[sheet-out_150ms_ease-in_forwards] data-[state=open]:animate-[sheet-in_200ms_var(--ease-out)] sm:inset-x-auto sm:inset-y-3 sm:end-3 sm:max-h-none sm:w-90 sm:rounded-l sm:data-[state=closed]:animate-[dialog-out_120ms_ease-in_forwards] sm:data-[state=open]:animate-[dialog-in_180ms_var(--ease-out)]"
        >
          <header className="flex items-center gap-4 ps-5 pe-3 pt-3 pb-1">
            <Primitive.Title className="min-w-0 flex-1 truncate text-lg">{title}</Primitive.Title>
            <Primitive.Close asChild>
              <IconButton label={text('common.close')} icon={<X className="size-5" />} />
            </Primitive.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 pb-[max(20px,var(--safe-bottom))]">
            {children}
          </div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
