import { formatDuration } from '../../i18n/format.ts'
import { useText } from '../../i18n/text.ts'
import type { Failure } from '../../platform/failure.ts'
import { useNow } from '../../platform/use-now.ts'
import { Banner } from '../../ui/banner.tsx'

/** Why there is no room yet, and what to do. */
export function CreateFailure({ failure: { code, retryAt } }: { readonly failure: Failure }) {
  const text = useText()
  const now = useNow(retryAt === null ? null : 1000)
  const words = () => {
    if (code === 'RATE_LIMITED' && retryAt !== null && retryAt > now)
      return text('create.errorThrottled', { time: formatDuration(retryAt - now) })
    return text(code === 'UNAVAILABLE' ? 'create.errorUnreachable' : 'create.errorOther')
  }
  return (
    <Banner tone="danger" live="assertive" title={text('create.errorTitle')}>
      {words()}
    </Banner>
  )
}
