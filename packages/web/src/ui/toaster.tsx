import { type ComponentType, lazy, Suspense } from 'react'
import type { ToastOptions, ToastsProps } from './toasts.tsx'

let isReady: ToastsProps['onReady'] = () => undefined
const ready = new Promise<Parameters<typeof isReady>[0]>((resolve) => {
  isReady = resolve
})

/** Says something in passing: announced politely, takes no focus. */
export function showToast(title: string, options: ToastOptions = {}): void {
  void ready.then((show) => show(title, options))
}

/** The page does not wait for it, and goes on without toasts where it can't be fetched. */
const Toasts = lazy<ComponentType<ToastsProps>>(() =>
  import('./toasts.tsx').then(
    ({ Toasts }) => ({ default: Toasts }),
    () => ({ default: () => null }),
  ),
)

/** Where toasts appear; once per page. */
export function Toaster() {
  return (
    <Suspense>
      <Toasts onReady={isReady} />
    </Suspense>
  )
}
