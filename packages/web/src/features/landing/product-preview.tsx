import { Check, Link2, SendHorizontal, Timer } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'

/** A room as it looks, drawn with the product's own parts. A picture: nothing in it can be used. */
export function ProductPreview() {
  const text = useText()
  const first = text('landing.previewNameFirst')
  const second = text('landing.previewNameSecond')
  return (
    <div aria-hidden="true" className="relative mx-auto w-full max-w-130 select-none lg:max-w-none">
      <div className="glass relative overflow-hidden rounded-l">
        <div className="flex items-center gap-3 border-line border-b px-5 py-4">
          <div className="min-w-0 flex-1">
            <p className="truncate font-semibold">{text('landing.previewRoom')}</p>
            <p className="text-ink-3 text-xs">{text('landing.previewPeople', { count: 3 })}</p>
          </div>
          <div className="hidden -space-x-1.5 sm:flex rtl:space-x-reverse">
            <Avatar id="kim" name={first} size="s" className="ring-2 ring-surface-2" />
            <Avatar id="omar" name={second} size="s" className="ring-2 ring-surface-2" />
            <Avatar id="u2" name="T" size="s" className="ring-2 ring-surface-2" />
          </div>
          <span className="tabular ms-1 inline-flex items-center gap-1.5 rounded-full bg-accent-soft px-3 py-1 font-medium text-accent-ink text-xs">
            <Timer className="size-3.5" />
            {text('landing.previewLeft')}
          </span>
        </div>
        <div className="flex flex-col gap-4 px-5 pt-6 pb-5">
          <Said id="kim" name={first} words={text('landing.previewFirst')} delayMs={80} />
          <Said id="omar" name={second} words={text('landing.previewSecond')} delayMs={200} reaction="👍" />
          <p
            className="max-w-[80%] animate-[rise-in_360ms_var(--ease-out)_backwards] self-end rounded-m rounded-ee-[6px] bg-accent-soft px-4 py-2.5 text-sm"
            style={{ animationDelay: '320ms' }}
          >
            {text('landing.previewThird')}
          </p>
          <p className="flex items-center gap-2 text-ink-3 text-xs">
            <span className="inline-flex gap-1 rounded-full bg-surface-3 px-2.5 py-2">
              <i className="size-1.5 rounded-full bg-ink-3" />
              <i className="size-1.5 rounded-full bg-ink-3 opacity-70" />
              <i className="size-1.5 rounded-full bg-ink-3 opacity-40" />
            </span>
            {text('landing.previewTyping')}
          </p>
        </div>
        <div className="flex items-center gap-2 px-4 pb-4">
          <span className="flex h-12 flex-1 items-center rounded-m border border-line bg-surface-2 px-4 text-ink-3 text-sm">
            {text('landing.previewCompose')}
          </span>
          <span className="accent-fill inline-flex size-12 items-center justify-center rounded-m shadow-accent">
            <SendHorizontal className="size-5 rtl:-scale-x-100" />
          </span>
        </div>
      </div>
      <div
        className="glass absolute start-4 -bottom-10 flex animate-[rise-in_360ms_var(--ease-out)_backwards] items-center gap-2.5 rounded-m py-2.5 ps-3 pe-4 text-xs sm:-start-6"
        style={{ animationDelay: '440ms' }}
      >
        <span className="inline-flex size-7 items-center justify-center rounded-full bg-surface-3 text-ink-2">
          <Link2 className="size-3.75" />
        </span>
        <span dir="ltr" className="font-medium font-mono">
          k7fp-2m9x-qd4w
        </span>
        <span className="inline-flex items-center gap-1 font-medium text-success">
          <Check className="size-3.5" />
          {text('common.copied')}
        </span>
      </div>
    </div>
  )
}

interface SaidProps {
  readonly id: string
  readonly name: string
  readonly words: string
  readonly delayMs: number
  readonly reaction?: string
}

function Said({ id, name, words, delayMs, reaction }: SaidProps) {
  return (
    <div
      className="flex animate-[rise-in_360ms_var(--ease-out)_backwards] items-end gap-2.5"
      style={{ animationDelay: `${delayMs}ms` }}
    >
      <Avatar id={id} name={name} size="m" />
      <div className="relative max-w-[80%]">
        <p className="mb-1 px-1 font-medium text-ink-3 text-xs">{name}</p>
        <p className="rounded-m rounded-es-[6px] border border-line bg-surface-2 px-4 py-2.5 text-sm shadow-low">
          {words}
        </p>
        {reaction && (
          <span className="absolute -end-3 -bottom-3 rounded-full border border-line bg-surface-2 px-2 py-0.5 text-xs shadow-low">
            {reaction}
          </span>
        )}
      </div>
    </div>
  )
}
