import { Globe } from 'lucide-react'
import { chooseLanguage, LANGUAGE_NAMES, LANGUAGES, useLocale } from '../i18n/locale.ts'
import { useText } from '../i18n/text.ts'

/** The language switcher, by the device's own picker. */
export function LanguageControl() {
  const { language } = useLocale()
  const text = useText()
  return (
    <div className="relative flex items-center rounded-s text-ink-2 transition-colors duration-150 focus-within:text-ink-1 hover:bg-surface-3 hover:text-ink-1">
      <Globe aria-hidden="true" className="pointer-events-none absolute start-3 size-5" />
      <select
        aria-label={text('common.language')}
        value={language}
        onChange={(event) => {
          const chosen = LANGUAGES.find((candidate) => candidate === event.target.value)
          if (chosen) void chooseLanguage(chosen)
        }}
        className="h-11 appearance-none rounded-s bg-transparent ps-10 pe-3 font-medium text-sm [field-sizing:content]"
      >
        {LANGUAGES.map((option) => (
          <option key={option} value={option} lang={option} className="bg-surface-2 text-ink-1">
            {LANGUAGE_NAMES[option]}
          </option>
        ))}
      </select>
    </div>
  )
}
