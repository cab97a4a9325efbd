import { CodeXml, DoorOpen, EyeOff, Hourglass, KeyRound, LockKeyhole, LockKeyholeOpen } from 'lucide-react'
import { type PlainKey, useText } from '../../i18n/text.ts'

interface Fact {
  readonly icon: typeof EyeOff
  readonly title: PlainKey
  readonly words: PlainKey
}

const facts: readonly Fact[] = [
  { icon: Hourglass, title: 'landing.goneTitle', words: 'landing.goneText' },
  { icon: EyeOff, title: 'landing.quietTitle', words: 'landing.quietText' },
  { icon: DoorOpen, title: 'landing.doorTitle', words: 'landing.doorText' },
  { icon: KeyRound, title: 'landing.passwordTitle', words: 'landing.passwordText' },
  { icon: CodeXml, title: 'landing.ownTitle', words: 'landing.ownText' },
]

/** Whether the way to the server is encrypted depends on how this page came, so the page looks. */
const wireFact = (): Fact =>
  location.protocol === 'https:'
    ? { icon: LockKeyhole, title: 'landing.wireSecureTitle', words: 'landing.wireSecureText' }
    : { icon: LockKeyholeOpen, title: 'landing.wirePlainTitle', words: 'landing.wirePlainText' }

/** What protects people here: true statements, with their limits. */
export function SafetySection() {
  const text = useText()
  return (
    <section aria-labelledby="safety" className="mx-auto w-full max-w-300 px-5 py-14 sm:px-8 lg:py-20">
      <h2 id="safety" className="text-xl">
        {text('landing.safetyTitle')}
      </h2>
      <p className="mt-2 text-ink-2">{text('landing.safetyLead')}</p>
      <ul className="mt-8 grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {[...facts, wireFact()].map(({ icon: Icon, title, words }) => (
          <li key={title} className="rounded-m border border-line bg-surface-2 p-5 shadow-low sm:p-6">
            <Icon strokeWidth={1.75} aria-hidden="true" className="size-5.5 text-accent" />
            <h3 className="mt-4 font-semibold text-base">{text(title)}</h3>
            <p className="mt-1.5 text-ink-2 text-sm">{text(words)}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
