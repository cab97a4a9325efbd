import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useText } from '../i18n/text.ts'
import { LanguageControl } from './language-control.tsx'
import { Mark } from './mark.tsx'
import { ThemeControl } from './theme-control.tsx'

export interface PageFrameProps {
  readonly children: ReactNode
  readonly footer?: ReactNode
}

/** Header, content and footer of every page that is not a room. */
export function PageFrame({ children, footer }: PageFrameProps) {
  const text = useText()
  return (
    <div className="flex min-h-dvh flex-col overflow-x-clip ps-(--safe-start) pe-(--safe-end)">
      {/* No link: following one would put `#content` where the key of an encrypted room stands. */}
      <button type="button" className="skip-link" onClick={() => document.getElementById('content')?.focus()}>
        {text('common.skipToContent')}
      </button>
      <header className="relative z-10 mx-auto flex w-full max-w-300 items-center gap-1 px-4 pt-[max(12px,var(--safe-top))] pb-3 sm:px-8 sm:pt-5">
        <Link
          href="/"
          aria-label={text('common.home')}
          className="me-auto -ms-2 inline-flex min-h-11 items-center gap-2.5 rounded-s px-2"
        >
          <Mark className="size-8" />
          <span className="font-semibold text-lg tracking-tight">Parley</span>
        </Link>
        <LanguageControl />
        <ThemeControl />
      </header>
      <main id="content" tabIndex={-1} className="flex flex-1 flex-col outline-none">
        {children}
      </main>
      {footer}
    </div>
  )
}
