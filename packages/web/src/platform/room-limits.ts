export interface RoomLimits {
  /** Minutes, ascending; never none. */
  readonly durations: readonly number[]
  readonly maxParticipants: number
}

/** What a new room may ask for: the server writes its own limits into the page that it serves. */
export function readRoomLimits(): RoomLimits {
  const durations = contentOf('room-durations').split(',').map(Number)
  return {
    durations: [...new Set(durations)].sort((a, b) => a - b),
    maxParticipants: Number(contentOf('room-max-participants')),
  }
}

const contentOf = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
