import { type LegalKey, legalWords } from '../../i18n/legal-words.ts'
import { useLocale } from '../../i18n/locale.ts'
import { useClosing } from '../../platform/use-closing.ts'
import { Dialog } from '../../ui/dialog.tsx'

interface Subject {
  readonly title: LegalKey
  readonly lead: LegalKey
  readonly paragraphs: readonly (readonly [heading: LegalKey, words: LegalKey])[]
}

const subjects: Readonly<Record<'privacy' | 'terms', Subject>> = {
  privacy: {
    title: 'privacyTitle',
    lead: 'privacyLead',
    paragraphs: [
      ['roomTitle', 'roomText'],
      ['passwordTitle', 'passwordText'],
      ['addressTitle', 'addressText'],
      ['browserTitle', 'browserText'],
      ['logsTitle', 'logsText'],
      ['wireTitle', 'wireText'],
      ['othersTitle', 'othersText'],
      ['thirdTitle', 'thirdText'],
    ],
  },
  terms: {
    title: 'termsTitle',
    lead: 'termsLead',
    paragraphs: [
      ['useTitle', 'useText'],
      ['endTitle', 'endText'],
      ['hostTitle', 'hostText'],
      ['operatorTitle', 'operatorText'],
      ['warrantyTitle', 'warrantyText'],
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
  const say = legalWords[useLocale().language]
  const closing = useClosing(wish, onClose)
  const { title, lead, paragraphs } = subjects[wish.subject]
  return (
    <Dialog {...closing} step={wish.subject} title={say[title]} description={say[lead]} isReading>
      <dl className="flex flex-col gap-5">
        {paragraphs.map(([heading, words]) => (
          <div key={heading}>
            <dt className="font-semibold text-sm">{say[heading]}</dt>
            <dd className="mt-1 text-ink-2 text-sm">{say[words]}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
