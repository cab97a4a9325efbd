import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import type { LegalWish } from '../legal/legal-dialog.tsx'

const LegalDialog = lazy(() =>
  import('../legal/legal-dialog.tsx').then(({ LegalDialog }) => ({ default: LegalDialog })),
)

/** Licence, privacy and terms: the foot of every page that is not a room. */
export function PageFooter() {
  const text = useText()
  const [shown, setShown] = useState<LegalWish | null>(null)
  return (
    <footer className="mt-auto border-line border-t">
      <div className="mx-auto flex w-full max-w-300 flex-wrap items-center gap-x-2 gap-y-1 px-4 pt-4 pb-[max(16px,var(--safe-bottom))] text-ink-3 text-sm sm:px-8">
        <p className="me-auto px-1">{text('landing.footerLicense')}</p>
        <nav aria-label={text('landing.footerLabel')} className="-ms-2 flex flex-wrap sm:ms-0">
          <FooterButton onClick={() => setShown({ subject: 'privacy' })}>{text('landing.privacy')}</FooterButton>
          <FooterButton onClick={() => setShown({ subject: 'terms' })}>{text('landing.terms')}</FooterButton>
          <a href="/docs/api" className={footerItem}>
            {text('landing.api')}
          </a>
        </nav>
      </div>
      {shown !== null && (
        <Suspense>
          <LegalDialog wish={shown} onClose={(wish) => setShown((now) => (now === wish ? null : now))} />
        </Suspense>
      )}
    </footer>
  )
}

const footerItem =
  'inline-flex min-h-11 items-center rounded-s px-3 font-medium text-ink-2 transition-colors duration-150 hover:bg-surface-3 hover:text-ink-1'

function FooterButton({ onClick, children }: { readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <button type="button" aria-haspopup="dialog" onClick={onClick} className={footerItem}>
      {children}
    </button>
  )
}
