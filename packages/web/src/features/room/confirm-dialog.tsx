import { type ReactNode, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'

export interface ConfirmDialogProps {
  readonly title: string
  readonly words: string
  readonly confirm: string
  readonly cancel?: string
  readonly danger?: boolean
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  /** Resolves with whether it worked: the dialog closes then. */
  readonly onConfirm: () => Promise<boolean>
  /** What else could be done, under the words. */
  readonly children?: ReactNode
}

/** Asks before something that can't be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, words, confirm, cancel, danger = false, open, onOpenChange, onConfirm, children } = props
  const text = useText()
  const [isBusy, setIsBusy] = useState(false)
  const run = async () => {
    setIsBusy(true)
    const worked = await onConfirm()
    setIsBusy(false)
    if (worked) onOpenChange(false)
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="s"
      title={title}
      description={words}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{cancel ?? text('common.cancel')}</Button>
          <Button variant={danger ? 'danger' : 'primary'} busy={isBusy} onClick={() => void run()}>
            {confirm}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  )
}
