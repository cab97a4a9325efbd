import { useEffect, useRef } from 'react'
import { classNames } from '../../ui/class-names.ts'

export interface VideoPictureProps {
  readonly stream: MediaStream
  /** As in a mirror: how people know themselves. */
  readonly isMirrored?: boolean
  /** Shows all of it, with bars where it does not fill its place: for screens, where every edge counts. */
  readonly isWhole?: boolean
  readonly className?: string
}

/** A video without its sound: what is to be heard is played elsewhere. Decoration; its name stands beside it. */
export function VideoPicture({ stream, isMirrored = false, isWhole = false, className }: VideoPictureProps) {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const element = video.current
    if (element === null) return
    element.srcObject = stream
    element.play().catch(() => undefined)
    return () => {
      element.srcObject = null
    }
  }, [stream])
  return (
    <video
      ref={video}
      muted
      autoPlay
      playsInline
      aria-hidden="true"
      tabIndex={-1}
      disablePictureInPicture={false}
      className={classNames(
        'size-full',
        isWhole ? 'object-contain' : 'object-cover',
        isMirrored && '-scale-x-100',
        className,
      )}
    />
  )
}
