import { lazy, Suspense, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { usePageTitle } from '../../platform/page-title.ts'
import { Button } from '../../ui/button.tsx'
import { PageFrame } from '../../ui/page-frame.tsx'
import { JoinByCode } from './join-by-code.tsx'
import { PageFooter } from './page-footer.tsx'

// A picture, and what stands under the first screen: the way in does not wait for them.
const ProductPreview = lazy(() =>
  import('./product-preview.tsx').then(({ ProductPreview }) => ({ default: ProductPreview })),
)
const AboutSections = lazy(() =>
  import('../about/about-sections.tsx').then(({ AboutSections }) => ({ default: AboutSections })),
)
const loadCreate = () => import('../create/create-dialog.tsx')
const CreateDialog = lazy(() => loadCreate().then(({ CreateDialog }) => ({ default: CreateDialog })))

/** The start page: what it is, and create and join right there. */
export function LandingPage() {
  const text = useText()
  // `/?create` opens the form at once: where a room could not be joined, its page sends people here.
  const [wish, setWish] = useState<object | null>(() =>
    new URLSearchParams(location.search).has('create') ? {} : null,
  )
  usePageTitle(text('landing.pageTitle'))

  return (
    <PageFrame footer={<PageFooter />}>
      <section className="relative">
        <div aria-hidden="true" className="aurora" />
        <div className="relative mx-auto grid w-full max-w-300 items-center gap-12 px-5 pt-8 pb-16 sm:px-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.05fr)] lg:gap-16 lg:pt-14 lg:pb-24">
          <div className="flex flex-col items-start">
            <h1 className="display">{text('landing.title')}</h1>
            <p className="mt-5 max-w-[46ch] text-ink-2 text-lg">{text('landing.lead')}</p>
            <div className="mt-8 w-full max-w-115">
              <Button
                variant="primary"
                size="l"
                className="w-full"
                onPointerEnter={() => void loadCreate()}
                onFocus={() => void loadCreate()}
                onClick={() => setWish({})}
              >
                {text('landing.create')}
              </Button>
              <div className="my-5 flex items-center gap-4 text-ink-3 text-sm before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
                {text('landing.orJoin')}
              </div>
              <JoinByCode />
              <p className="mt-5 text-ink-3 text-sm">{text('landing.footnote')}</p>
            </div>
          </div>
          <Suspense fallback={<div className="min-h-100" />}>
            <ProductPreview />
          </Suspense>
        </div>
      </section>
      <Suspense fallback={<div className="h-screen" />}>
        <AboutSections />
      </Suspense>
      {wish !== null && (
        <Suspense>
          <CreateDialog wish={wish} onClose={(closed) => setWish((now) => (now === closed ? null : now))} />
        </Suspense>
      )}
    </PageFrame>
  )
}
