import { Copy } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { useText } from '../../i18n/text.ts'
import { type InlinePart, parseRichText, type TextBlock } from '../../state/rich-text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { useRoom } from './room-context.tsx'

export interface MessageBodyProps {
  readonly content: string
  /** Stands behind the last line where it fits, under it where it does not: time and status. */
  readonly trailing?: ReactNode
}

/** The words of a message: text, links and code, never markup. Its direction comes from its own words. */
export const MessageBody = memo(function MessageBody({ content, trailing }: MessageBodyProps) {
  return (
    <div dir="auto" className="flow-root whitespace-pre-wrap">
      {parseRichText(content).map(toBlock)}
      {trailing}
    </div>
  )
})

// A message is parsed anew when it changes: the place is all that tells its parts apart.
const toBlock = (block: TextBlock, place: number): ReactNode =>
  block.type === 'code' ? (
    <CodeBlock key={place} content={block.text} />
  ) : (
    <span key={place}>{block.parts.map(toPart)}</span>
  )

const toPart = (part: InlinePart, place: number): ReactNode => <Part key={place} part={part} />

function Part({ part }: { readonly part: InlinePart }) {
  if (part.type === 'link')
    return (
      <a
        href={part.href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className="rounded-[4px] text-focus underline decoration-focus/40 underline-offset-2 hover:decoration-focus"
      >
        {part.text}
      </a>
    )
  if (part.type === 'code')
    return (
      <code dir="ltr" className="rounded-[6px] bg-surface-3 px-1.5 py-0.5 font-mono text-[0.875em]">
        {part.text}
      </code>
    )
  return part.text
}

function CodeBlock({ content }: { readonly content: string }) {
  const text = useText()
  const { actions } = useRoom()
  return (
    <div dir="ltr" className="group/code relative my-1.5 overflow-hidden rounded-s border border-line bg-surface-1">
      {/* Wide code scrolls in its own box, by keyboard too. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <pre tabIndex={0} className="overflow-x-auto py-2.5 ps-3 pe-12 font-mono text-[0.8125rem] leading-relaxed">
        {content}
      </pre>
      <IconButton
        label={text('room.copyCode')}
        size="s"
        icon={<Copy className="size-4" />}
        onClick={() => actions.copy(content, 'room.codeCopied')}
        className="absolute! end-1 top-1 bg-surface-1"
      />
    </div>
  )
}
