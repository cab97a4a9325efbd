import { X } from 'lucide-react'
import * as Primitive from 'radix-ui/dialog'
import type { ReactNode } from 'react'
import { useText } from '../i18n/text.ts'
import { classNames } from './class-names.ts'
import { IconButton } from './icon-button.tsx'
import { Overlay } from './overlay.tsx'
import { useDialogFocus } from './use-dialog-focus.ts'
import { useOpening } from './use-opening.ts'

export interface DialogProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: ReactNode
  /** One sentence under the title; read out with it. */
  readonly description?: ReactNode
  readonly children?: ReactNode
  /** Actions, at the end; they stay in view while the content scrolls. */
  readonly footer?: ReactNode
  /** Widths: 400, 520 and 760 px. */
  readonly size?: 's' | 'm' | 'l'
  /** The content is only to be read: its scrolling part takes the focus, so that a keyboard can scroll it. */
  readonly isReading?: boolean
  /** Names the step, when there are several: another one starts at its top. */
  readonly step?: string
  /** Keeps the title for screen readers only. */
  readonly hideTitle?: boolean
}

const widths = { s: 'sm:max-w-100', m: 'sm:max-w-130', l: 'sm:max-w-190' } as const

/** A modal dialog: in the middle of a wide screen, a bottom sheet on a phone. Focus stays inside and returns after. */
export function Dialog(props: DialogProps) {
  return <DialogOpening key={useOpening(props.open)} {...props} />
}

function DialogOpening(props: DialogProps) {
  const {
    open,
    onOpenChange,
    title,
    description,
    children,
    footer,
    size = 'm',
    isReading = false,
    step,
    hideTitle = false,
  } = props
  const text = useText()
  const focus = useDialogFocus()
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Overlay />
        <Primitive.Content
          {...(description === undefined && { 'aria-describedby': undefined })}
          {...focus}
          className={classNames(
            'glass-thick fixed inset-x-0 bottom-0 z-50 mx-auto flex max-h-[92dvh] w-full flex-col rounded-t-l outline-none data-[state=closed]:pointer-events-none',
            'data-[state=open]:animate-[sheet-in_200ms_var(--ease-out)] data-[state=closed]:animate-[sheet-out_150ms_ease-in_forwards]',
            'sm:inset-y-0 sm:my-auto sm:h-fit sm:max-h-[min(88dvh,760px)] sm:w-[calc(100%-48px)] sm:rounded-l',
            'sm:data-[state=open]:animate-[dialog-in_180ms_var(--ease-out)] sm:data-[state=closed]:animate-[dialog-out_120ms_ease-in_forwards]',
            widths[size],
          )}
        >
          <header className={classNames('flex items-start gap-4 px-5 pt-5 sm:px-7 sm:pt-6', hideTitle && 'sr-only')}>
            <div className="min-w-0 flex-1 pt-1.5">
              <Primitive.Title className="text-lg">{title}</Primitive.Title>
              {description !== undefined && (
                <Primitive.Description className="mt-1 text-sm text-ink-2">{description}</Primitive.Description>
              )}
            </div>
            <Primitive.Close asChild>
              <IconButton label={text('common.close')} icon={<X className="size-5" />} className="-me-2" />
            </Primitive.Close>
          </header>
          <div
            key={step}
            {...(isReading && { tabIndex: 0 })}
            className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 pt-4 pb-[max(20px,var(--safe-bottom))] sm:px-7 sm:pb-7"
          >
            {children}
          </div>
          {footer !== undefined && (
            <footer className="flex flex-col-reverse gap-3 border-line border-t px-5 pt-4 pb-[max(16px,var(--safe-bottom))] sm:flex-row sm:justify-end sm:px-7 sm:pb-5">
              {footer}
            </footer>
          )}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
