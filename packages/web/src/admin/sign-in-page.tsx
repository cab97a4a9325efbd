import { type FormEvent, useRef, useState } from 'react'
import { Button } from '../ui/button.tsx'
import { focusInvalid } from '../ui/focus-invalid.ts'
import { PasswordField } from '../ui/password-field.tsx'
import { type AdminApi, AdminError, createAdminApi } from './admin-api.ts'
import { type AdminText, useAdminText } from './admin-words.ts'
import { formatSpan } from './figures.ts'

export interface SignInPageProps {
  /** Said from the beginning: why somebody who was in is here again. */
  readonly notice: string | null
  readonly onSignedIn: (token: string, api: AdminApi) => void
}

/** The door: nothing of the server is shown before it. */
export function SignInPage({ notice, onSignedIn }: SignInPageProps) {
  const say = useAdminText()
  const form = useRef<HTMLFormElement>(null)
  const [token, setToken] = useState('')
  const [error, setError] = useState<string | null>(notice)
  const [isBusy, setIsBusy] = useState(false)

  function refuse(words: string): void {
    focusInvalid(form.current, () => setError(words))
  }

  async function signIn(event: FormEvent): Promise<void> {
    event.preventDefault()
    const given = token.trim()
    if (given === '') {
      refuse(say('tokenMissing'))
      return
    }
    setIsBusy(true)
    const api = createAdminApi(given)
    try {
      await api.signIn()
      onSignedIn(given, api)
    } catch (failure) {
      refuse(refusal(failure, say))
    } finally {
      setIsBusy(false)
    }
  }

  return (
    <form
      ref={form}
      onSubmit={(event) => void signIn(event)}
      className="m-auto flex w-full max-w-110 flex-col gap-6 rounded-l border border-line bg-surface-2 p-6 shadow-low sm:p-8"
    >
      <div>
        <h1 className="text-xl">{say('signInTitle')}</h1>
        <p className="mt-2 text-ink-2 text-sm">{say('signInText')}</p>
      </div>
      <PasswordField
        label={say('token')}
        hint={say('tokenHint')}
        error={error}
        value={token}
        onChange={(value) => {
          setToken(value)
          setError(null)
        }}
        autoComplete="off"
        autoFocus
        inputClassName="font-mono text-sm"
      />
      <Button type="submit" variant="primary" size="l" busy={isBusy}>
        {say('signIn')}
      </Button>
    </form>
  )
}

function refusal(error: unknown, say: AdminText): string {
  const { code, retryAfterMs } = error instanceof AdminError ? error : { code: 'INTERNAL', retryAfterMs: null }
  if (code === 'UNAUTHENTICATED') return say('tokenWrong')
  if (code === 'RATE_LIMITED') return say('tokenThrottled', { time: formatSpan(Math.max(60_000, retryAfterMs ?? 0)) })
  return code === 'UNREACHABLE' ? say('unreachable') : say('failed')
}
