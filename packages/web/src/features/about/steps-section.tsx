import { type PlainKey, useText } from '../../i18n/text.ts'

const steps: readonly { readonly title: PlainKey; readonly words: PlainKey }[] = [
  { title: 'landing.stepCreate', words: 'landing.stepCreateText' },
  { title: 'landing.stepSend', words: 'landing.stepSendText' },
  { title: 'landing.stepTalk', words: 'landing.stepTalkText' },
]

/** How it works, in three steps. */
export function StepsSection() {
  const text = useText()
  return (
    <section aria-labelledby="steps" className="border-line border-y bg-surface-2">
      <div className="mx-auto w-full max-w-300 px-5 py-12 sm:px-8 lg:py-16">
        <h2 id="steps" className="text-xl">
          {text('landing.stepsTitle')}
        </h2>
        <ol className="mt-8 grid gap-8 md:grid-cols-3">
          {steps.map(({ title, words }, index) => (
            <li key={title} className="flex gap-4 md:flex-col md:gap-5">
              <span
                aria-hidden="true"
                className="tabular inline-flex size-10 shrink-0 items-center justify-center rounded-full bg-accent-soft font-semibold text-accent-ink"
              >
                {index + 1}
              </span>
              <div>
                <h3 className="font-semibold text-base">{text(title)}</h3>
                <p className="mt-1 text-ink-2 text-sm">{text(words)}</p>
              </div>
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}
