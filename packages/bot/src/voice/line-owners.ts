import type { Track } from 'node-datachannel'
import { audioSections } from './audio-sdp.ts'
import type { InboundLine } from './inbound-line.ts'
import type { StreamOwner } from './voice-legs.ts'

/** The lines of one connection on which we hear, each known by its mid, and whose each is. */
export interface LineOwners {
  /** A line that the connection has now, maybe later than its owner was told. */
  add(mid: string, line: InboundLine): void
  /** A line may pass from one person to another, so each description says anew whose it is. */
  assign(sdp: string, ownerOf: (mid: string) => StreamOwner | null): void
  all(): readonly InboundLine[]
}

export const isAudio = (track: Track): boolean => track.type() === 'audio'

export function createLineOwners(): LineOwners {
  const lines = new Map<string, InboundLine>()
  let owners = new Map<string, { readonly owner: StreamOwner | null; readonly levelId: number }>()

  function settle(mid: string, line: InboundLine): void {
    const { owner = null, levelId = 0 } = owners.get(mid) ?? {}
    line.setOwner(owner, levelId)
  }

  return {
    add(mid, line) {
      lines.set(mid, line)
      settle(mid, line)
    },
    assign(sdp, ownerOf) {
      owners = new Map(audioSections(sdp).map(({ mid, levelId }) => [mid, { owner: ownerOf(mid), levelId }]))
      for (const [mid, line] of lines) settle(mid, line)
    },
    all: () => [...lines.values()],
  }
}
