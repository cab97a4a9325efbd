import { useEffect } from 'react'
import { Toaster as Sonner, toast } from 'sonner'
import { useLocale } from '../i18n/locale.ts'
import { useText } from '../i18n/text.ts'

export interface ToastOptions {
  readonly tone?: 'info' | 'success' | 'danger'
  /** A second line: what to do. */
  readonly detail?: string
  readonly action?: { readonly label: string; readonly onClick: () => void }
  /** A toast with the same id replaces the one before. */
  readonly id?: string
  /** How long it stays; 5 s unless said otherwise. `Infinity` until dismissed. */
  readonly durationMs?: number
}

function show(title: string, options: ToastOptions): void {
  const { tone = 'info', detail, action, id, durationMs } = options
  const show = tone === 'success' ? toast.success : tone === 'danger' ? toast.error : toast
  show(title, {
    ...(detail !== undefined && { description: detail }),
    ...(action && { action }),
    ...(id !== undefined && { id }),
    ...(durationMs !== undefined && { duration: durationMs }),
  })
}

export interface ToastsProps {
  /** Toasts appear from now on: those from before would be lost. */
  readonly onReady: (ready: typeof show) => void
}

export function Toasts({ onReady }: ToastsProps) {
  const text = useText()
  const { direction } = useLocale()
  // Runs after those of the part that shows them.
  useEffect(() => onReady(show), [onReady])
  return (
    <Sonner
      position="top-center"
      customAriaLabel={text('common.notices')}
      dir={direction}
      offset={{ top: 'calc(16px + var(--safe-top))' }}
      mobileOffset={{ top: 'calc(12px + var(--safe-top))' }}
      duration={5000}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'glass-thick flex w-full items-center gap-3 rounded-m px-4 py-3 text-sm text-ink-1 sm:w-(--width) font-sans',
          title: 'font-medium',
          description: 'text-ink-2',
          content: 'flex-1',
          icon: 'inline-flex text-ink-2',
          success: '[&_[data-icon]]:text-success',
          error: '[&_[data-icon]]:text-danger',
          actionButton:
            'h-9 shrink-0 rounded-s px-3 font-semibold text-accent-ink hover:bg-accent-soft transition-colors duration-150',
        },
      }}
    />
  )
}
