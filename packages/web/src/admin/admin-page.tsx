import { LogOut } from 'lucide-react'
import { Provider as DirectionProvider } from 'radix-ui/direction'
import { useState } from 'react'
import { useLocale } from '../i18n/locale.ts'
import { useText } from '../i18n/text.ts'
import { usePageTitle } from '../platform/page-title.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { LanguageControl } from '../ui/language-control.tsx'
import { Mark } from '../ui/mark.tsx'
import { PageErrorBoundary } from '../ui/page-error-boundary.tsx'
import { ThemeControl } from '../ui/theme-control.tsx'
import { Toaster } from '../ui/toaster.tsx'
import { type AdminApi, createAdminApi } from './admin-api.ts'
import { useAdminText } from './admin-words.ts'
import { Dashboard } from './dashboard.tsx'
import { keptToken } from './kept-token.ts'
import { OperatorProvider } from './operator-context.tsx'
import { SignInPage } from './sign-in-page.tsx'

/** The operator's page: the door, or what is behind it. */
export function AdminPage() {
  const { direction } = useLocale()
  const say = useAdminText()
  const text = useText()
  const [api, setApi] = useState<AdminApi | null>(keptApi)
  const [isRefused, setIsRefused] = useState(false)
  usePageTitle(say('pageTitle'))

  function leave(refused: boolean): void {
    keptToken.forget()
    setIsRefused(refused)
    setApi(null)
  }

  return (
    <DirectionProvider dir={direction}>
      <PageErrorBoundary>
        <div className="flex min-h-dvh flex-col ps-(--safe-start) pe-(--safe-end)">
          <button type="button" className="skip-link" onClick={() => document.getElementById('content')?.focus()}>
            {text('common.skipToContent')}
          </button>
          <header className="sticky top-0 z-10 border-line border-b bg-surface-1">
            <div className="mx-auto flex w-full max-w-320 items-center gap-1 px-4 pt-[max(8px,var(--safe-top))] pb-2 sm:px-8">
              <span className="me-auto inline-flex min-h-11 items-center gap-2.5">
                <Mark className="size-7" />
                <span className="font-semibold tracking-tight">Parley</span>
                <span className="hidden text-ink-3 sm:inline">{say('title')}</span>
              </span>
              <LanguageControl />
              <ThemeControl />
              {api !== null && (
                <IconButton
                  label={say('signOutPage')}
                  title={say('signOutPage')}
                  icon={<LogOut className="size-5 rtl:-scale-x-100" />}
                  onClick={() => leave(false)}
                />
              )}
            </div>
          </header>
          <main
            id="content"
            tabIndex={-1}
            className="mx-auto flex w-full max-w-320 flex-1 flex-col px-4 py-6 outline-none sm:px-8 sm:py-8"
          >
            {api === null ? (
              <SignInPage
                notice={isRefused ? say('tokenGone') : null}
                onSignedIn={(token, given) => {
                  keptToken.write(token)
                  setApi(given)
                }}
              />
            ) : (
              <OperatorProvider api={api}>
                <Dashboard onRefused={() => leave(true)} />
              </OperatorProvider>
            )}
          </main>
        </div>
        <Toaster />
      </PageErrorBoundary>
    </DirectionProvider>
  )
}

function keptApi(): AdminApi | null {
  const token = keptToken.read()
  return token === null ? null : createAdminApi(token)
}
