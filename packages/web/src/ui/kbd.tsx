import type { ReactNode } from 'react'

/** A key on the keyboard. */
export function Kbd({ children }: { readonly children: ReactNode }) {
  return (
    <kbd className="inline-flex h-6 min-w-6 items-center justify-center rounded-[6px] border border-line-strong/50 border-b-2 bg-surface-2 px-1.5 font-sans text-xs font-medium text-ink-2">
      {children}
    </kbd>
  )
}
