import { Link } from 'wouter'
import { useText } from '../../i18n/text.ts'
import { usePageTitle } from '../../platform/page-title.ts'
import { buttonClass } from '../../ui/button.tsx'
import { PageFrame } from '../../ui/page-frame.tsx'

/** For addresses that lead nowhere. */
export function NotFoundPage() {
  const text = useText()
  usePageTitle(text('landing.notFoundTitle'))
  return (
    <PageFrame>
      <div className="m-auto flex max-w-115 flex-col items-center px-5 pb-24 text-center">
        <h1 className="text-xl">{text('landing.notFoundTitle')}</h1>
        <p className="mt-2 text-ink-2">{text('landing.notFoundText')}</p>
        <Link href="/" className={`${buttonClass('secondary', 'l')} mt-7`}>
          {text('landing.notFoundAction')}
        </Link>
      </div>
    </PageFrame>
  )
}
