import { useId } from 'react'

/** The mark: a P that is a speech bubble. Decoration; the name stands beside it. */
export function Mark({ className }: { readonly className?: string }) {
  const gradient = useId()
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <linearGradient id={gradient} x1="4" y1="4" x2="28" y2="26" gradientUnits="userSpaceOnUse">
        <stop stopColor="var(--accent-from)" />
        <stop offset="1" stopColor="var(--accent-to)" />
      </linearGradient>
      <path
        fill={`url(#${gradient})`}
        fillRule="evenodd"
        d="M16.5 2.5a12 12 0 0 1 0 24h-3.2c-.9 0-1.8.4-2.5 1l-3.6 3.2A1.6 1.6 0 0 1 4.5 29.5V14.5a12 12 0 0 1 12-12Zm0 6.6a5.4 5.4 0 1 0 0 10.8 5.4 5.4 0 0 0 0-10.8Z"
      />
    </svg>
  )
}
