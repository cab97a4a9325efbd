import { useMemo } from 'react'
import { encode } from 'uqr'
import { classNames } from './class-names.ts'

export interface QrCodeProps {
  readonly value: string
  /** What is in it, for those who can't see it. */
  readonly label: string
  readonly className?: string
}

/** A code to scan: dark on white in both themes, because scanners expect it. */
export function QrCode({ value, label, className }: QrCodeProps) {
  const { path, size } = useMemo(() => {
    const { data, size } = encode(value, { ecc: 'M', border: 0 })
    const cells = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
    return { path: cells.join(''), size }
  }, [value])
  return (
    <div className={classNames('rounded-m border border-line bg-[#fff] p-4', className)}>
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={label}
        shapeRendering="crispEdges"
        className="size-full"
      >
        <path d={path} fill="#131a2c" />
      </svg>
    </div>
  )
}
