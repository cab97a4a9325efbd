import { ShieldAlert } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { usePageTitle } from '../../platform/page-title.ts'
import { PageFrame } from '../../ui/page-frame.tsx'
import { PageFooter } from '../landing/page-footer.tsx'

/** The link has a key that opens nothing here: why, and what to do. No room opens by it, encrypted or not. */
export function UnusableKeyPage({ isInsecure }: { readonly isInsecure: boolean }) {
  const text = useText()
  usePageTitle(text('join.plainTitle'))
  return (
    <PageFrame footer={<PageFooter />}>
      <div role="status" className="m-auto flex max-w-100 flex-col items-center px-6 py-10 text-center">
        <ShieldAlert strokeWidth={1.7} aria-hidden="true" className="size-8 text-warning" />
        <h1 className="mt-5 text-xl">{text('create.encrypted')}</h1>
        <p className="mt-2 text-ink-2">{text(isInsecure ? 'create.encryptedUnavailable' : 'join.keyMissing')}</p>
      </div>
    </PageFrame>
  )
}
