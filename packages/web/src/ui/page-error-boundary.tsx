import { Component, type ReactNode } from 'react'
import { useText } from '../i18n/text.ts'
import { Button } from './button.tsx'

interface State {
  readonly isBroken: boolean
}

/** Instead of an empty page when a part could not be loaded or drawn: what happened, and a way on. */
export class PageErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { isBroken: false }

  static getDerivedStateFromError(): State {
    return { isBroken: true }
  }

  override render(): ReactNode {
    return this.state.isBroken ? <BrokenPage /> : this.props.children
  }
}

function BrokenPage() {
  const text = useText()
  return (
    <main className="mx-auto flex min-h-dvh max-w-115 flex-col items-center justify-center px-5 text-center">
      <div role="alert">
        <h1 className="text-xl">{text('common.brokenTitle')}</h1>
        <p className="mt-2 text-ink-2">{text('common.brokenText')}</p>
      </div>
      <Button variant="primary" size="l" className="mt-7" onClick={() => location.reload()}>
        {text('common.reload')}
      </Button>
    </main>
  )
}
