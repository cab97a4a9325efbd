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

/** What somebody asked to read, each time anew. */
export interface LegalWish {
  readonly subject: 'privacy' | 'terms'
}

export interface LegalDialogProps {
  readonly wish: LegalWish
  readonly onClose: (wish: LegalWish) => void
}

/** What is stored and for how long, or the terms of use. */
export function LegalDialog({ wish, onClose }: LegalDialogProps) {
  const text = useText()
  const closing = useClosing(wish, onClose)
  const { title, lead, paragraphs } = subjects[wish.subject]
  return (
    <Dialog {...closing} step={wish.subject} title={text(title)} description={text(lead)} isReading>
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
