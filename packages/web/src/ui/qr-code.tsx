import { useEffect, useState } from 'react'
import { classNames } from './class-names.ts'

export interface QrCodeProps {
  readonly value: string
  /** What is in it, for those who can't see it. */
  readonly label: string
  readonly className?: string
}

interface Drawing {
  readonly path: string
  readonly size: number
}

/** What draws it is fetched when one is shown. */
async function draw(value: string): Promise<Drawing> {
  const { encode } = await import('uqr')
  const { data, size } = encode(value, { ecc: 'M', border: 0 })
  const cells = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { path: cells.join(''), size }
}

/** A code to scan: dark on white in both themes, because scanners expect it. Offline it may stay empty. */
export function QrCode({ value, label, className }: QrCodeProps) {
  const [drawing, setDrawing] = useState<Drawing | null>(null)
  useEffect(() => {
    let isCurrent = true
    draw(value).then(
      (drawn) => {
        if (isCurrent) setDrawing(drawn)
      },
      () => undefined,
    )
    return () => {
      isCurrent = false
    }
  }, [value])
  return (
    <div className={classNames('rounded-m border border-line bg-[#fff] p-4', className)}>
      {drawing !== null && (
        <svg
          viewBox={`0 0 ${drawing.size} ${drawing.size}`}
          role="img"
          aria-label={label}
          shapeRendering="crispEdges"
          className="size-full"
        >
          <path d={drawing.path} fill="#131a2c" />
        </svg>
      )}
    </div>
  )
}
