import { classNames } from './class-names.ts'

export interface AvatarProps {
  /** Decides the colour: the same person has the same one everywhere. */
  readonly id: string
  readonly name: string
  readonly size?: 's' | 'm' | 'l'
  readonly className?: string
}

const sizes = { s: 'size-7 text-[0.6875rem]', m: 'size-9 text-xs', l: 'size-14 text-lg' } as const
const hues = 8
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

const firstGrapheme = (word: string): string => graphemes.segment(word)[Symbol.iterator]().next().value?.segment ?? ''

/** The first letters of the first and the last word, as the writing system counts letters. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/)
  const last = words.length > 1 ? firstGrapheme(words.at(-1) ?? '') : ''
  return (firstGrapheme(words[0] ?? '') + last).toLocaleUpperCase()
}

/** One of the avatar colours, `var(--avatar-1)` to `var(--avatar-8)`, stable per id. */
export function avatarColour(id: string): string {
  const hash = [...id].reduce((sum, letter) => (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) >>> 0, 7)
  return `var(--avatar-${(hash % hues) + 1})`
}

/** A person at a glance. Decoration: the name stands beside it. */
export function Avatar({ id, name, size = 'm', className }: AvatarProps) {
  return (
    <span
      aria-hidden="true"
      style={{ background: avatarColour(id), color: 'var(--avatar-ink)' }}
      className={classNames(
        'inline-flex shrink-0 select-none items-center justify-center rounded-full font-semibold leading-none',
        sizes[size],
        className,
      )}
    >
      {initialsOf(name)}
    </span>
  )
}
