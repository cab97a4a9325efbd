import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import { ConfirmDialog } from '../features/room/confirm-dialog.tsx'
import { showToast } from '../ui/toaster.tsx'
import type { AdminApi } from './admin-api.ts'
import { AdminError } from './admin-api.ts'
import { type AdminText, useAdminText } from './admin-words.ts'

/** Something that can't be taken back: what is asked first, and what is said when it is done. */
export interface Deed {
  readonly title: string
  readonly words: string
  readonly confirm: string
  readonly run: () => Promise<void>
  readonly done: string
  readonly after?: () => void
}

interface Operator {
  readonly api: AdminApi
  /** Asks, and does it when the operator says so. */
  readonly propose: (deed: Deed) => void
}

const OperatorContext = createContext<Operator | null>(null)

export function useOperator(): Operator {
  const operator = useContext(OperatorContext)
  if (operator === null) throw new Error('There is no operator outside of OperatorProvider')
  return operator
}

export function OperatorProvider({ api, children }: { readonly api: AdminApi; readonly children: ReactNode }) {
  const say = useAdminText()
  const [deed, setDeed] = useState<Deed | null>(null)
  const [isOpen, setIsOpen] = useState(false)
  const propose = useCallback((next: Deed) => {
    setDeed(next)
    setIsOpen(true)
  }, [])
  const operator = useMemo(() => ({ api, propose }), [api, propose])

  async function run({ run: act, done, after }: Deed): Promise<boolean> {
    try {
      await act()
      showToast(done, { tone: 'success' })
      after?.()
      return true
    } catch (error) {
      showToast(wordsOf(error, say), { tone: 'danger' })
      after?.()
      return false
    }
  }

  return (
    <OperatorContext.Provider value={operator}>
      {children}
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title={deed?.title ?? ''}
        words={deed?.words ?? ''}
        confirm={deed?.confirm ?? ''}
        danger
        onConfirm={() => (deed === null ? Promise.resolve(true) : run(deed))}
      />
    </OperatorContext.Provider>
  )
}

/** What went wrong, for the operator. */
export function wordsOf(error: unknown, say: AdminText): string {
  if (!(error instanceof AdminError)) return say('failed')
  return error.code === 'UNREACHABLE' ? say('unreachable') : error.message || say('failed')
}
