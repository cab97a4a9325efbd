import type { LineQuality } from '@parley/client'
import { type PlainVoiceKey, useVoiceText } from '../../i18n/voice-words.ts'
import { classNames } from '../../ui/class-names.ts'

const WORDS: Readonly<Record<LineQuality, PlainVoiceKey>> = {
  good: 'qualityGood',
  fair: 'qualityFair',
  poor: 'qualityPoor',
  unknown: 'qualityUnknown',
}
const MEANINGS: Readonly<Record<LineQuality, PlainVoiceKey>> = {
  good: 'qualityGoodMeaning',
  fair: 'qualityFairMeaning',
  poor: 'qualityPoorMeaning',
  unknown: 'qualityUnknownMeaning',
}
const INKS: Readonly<Record<LineQuality, string>> = {
  good: 'text-success',
  fair: 'text-warning',
  poor: 'text-danger',
  unknown: 'text-ink-3',
}

const BARS: Readonly<Record<LineQuality, number>> = { good: 3, fair: 2, poor: 1, unknown: 0 }

/** Three bars; those that are missing are faint. */
function QualityIcon({ quality }: { readonly quality: LineQuality }) {
  return (
    <svg width="15" height="15" viewBox="0 0 15 15" fill="currentColor" aria-hidden="true">
      {[0, 1, 2].map((bar) => (
        <rect
          key={bar}
          x={1 + bar * 4.75}
          y={9 - bar * 4}
          width="3.5"
          height={5 + bar * 4}
          rx="1"
          opacity={bar < BARS[quality] ? 1 : 0.3}
        />
      ))}
    </svg>
  )
}

/** On a tile: only a line that is not good is worth a mark. */
export function QualityMark({ quality }: { readonly quality: LineQuality }) {
  if (quality === 'good' || quality === 'unknown') return null
  return (
    <span className={classNames('inline-flex', INKS[quality])}>
      <QualityIcon quality={quality} />
    </span>
  )
}

/** In words, with what it means. */
export function QualityWords({ quality }: { readonly quality: LineQuality }) {
  const say = useVoiceText()
  return (
    <p className="flex items-start gap-1.5 text-ink-3 text-xs">
      <span aria-hidden="true" className={classNames('mt-px inline-flex', INKS[quality])}>
        <QualityIcon quality={quality} />
      </span>
      <span>
        <span className="font-medium text-ink-2">{say(WORDS[quality])}.</span> {say(MEANINGS[quality])}
      </span>
    </p>
  )
}
