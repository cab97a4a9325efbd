import { type PlainKey, useText } from '../../i18n/text.ts'
import { useClosing } from '../../platform/use-closing.ts'
import { Dialog } from '../../ui/dialog.tsx'

interface Subject {
  readonly title: PlainKey
  readonly lead: PlainKey
  readonly paragraphs: readonly (readonly [heading: PlainKey, words: PlainKey])[]
}

const subjects: Readonly<Record<'privacy' | 'terms', Subject>> = {
  privacy: {
    title: 'legal.privacyTitle',
    lead: 'legal.privacyLead',
    paragraphs: [
      ['legal.roomTitle', 'legal.roomText'],
      ['legal.passwordTitle', 'legal.passwordText'],
      ['legal.addressTitle', 'legal.addressText'],
      ['legal.browserTitle', 'legal.browserText'],
      ['legal.logsTitle', 'legal.logsText'],
      ['legal.wireTitle', 'legal.wireText'],
      ['legal.othersTitle', 'legal.othersText'],
      ['legal.thirdTitle', 'legal.thirdText'],
    ],
  },
  terms: {
    title: 'legal.termsTitle',
    lead: 'legal.termsLead',
    paragraphs: [
      ['legal.useTitle', 'legal.useText'],
      ['legal.endTitle', 'legal.endText'],
      ['legal.hostTitle', 'legal.hostText'],
      ['legal.operatorTitle', 'legal.operatorText'],
      ['legal.warrantyTitle', 'legal.warrantyText'],
    ],
  },
}

export interface LegalDialogProps {
  readonly subject: 'privacy' | 'terms'
  readonly onClose: () => void
}

/** What is stored and for how long, or the terms of use. */
export function LegalDialog({ subject, onClose }: LegalDialogProps) {
  const text = useText()
  const closing = useClosing(onClose)
  const { title, lead, paragraphs } = subjects[subject]
  return (
    <Dialog {...closing} title={text(title)} description={text(lead)} isReading>
      <dl className="flex flex-col gap-5">
        {paragraphs.map(([heading, words]) => (
          <div key={heading}>
            <dt className="font-semibold text-sm">{text(heading)}</dt>
            <dd className="mt-1 text-ink-2 text-sm">{text(words)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
