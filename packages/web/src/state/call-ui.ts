import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CallLayout } from './call-tiles.ts'

export type CallDialog = 'pre-join' | 'settings' | 'statistics' | 'line-check' | 'recordings' | 'record'

/** A reaction on its way over the stage. */
interface FloatingReaction {
  readonly id: number
  readonly userId: string
  readonly emoji: string
}

/** The call as this person looks at it. */
export interface CallUi {
  readonly layout: CallLayout
  readonly pinnedKey: string | null
  /** Whether the conversation is shown beside or under the pictures. */
  readonly isChatShown: boolean
  readonly dialog: CallDialog | null
  /** The device that was unplugged or refused, once it was read. */
  readonly dismissedHint: string | null
  readonly reactions: readonly FloatingReaction[]
  /** A moderator asks to unmute, by this name. */
  readonly unmuteAskedBy: string | null
  /** When the lasting notice of a recording was put away; it starts with each recording anew. */
  readonly seenRecordingAt: number | null
}

const FLOAT_MS = 4000
const MAX_FLOATING = 12

export interface CallUiStore extends StoreApi<CallUi> {
  /** Lets a reaction rise and go. */
  float(userId: string, emoji: string): void
  close(): void
}

export function createCallUi(): CallUiStore {
  const store = createStore<CallUi>()(() => ({
    layout: 'grid',
    pinnedKey: null,
    isChatShown: true,
    dialog: null,
    dismissedHint: null,
    reactions: [],
    unmuteAskedBy: null,
    seenRecordingAt: null,
  }))
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let nextId = 1
  return {
    ...store,
    float(userId, emoji) {
      const id = nextId++
      store.setState(({ reactions }) => ({
        reactions: [...reactions, { id, userId, emoji }].slice(-MAX_FLOATING),
      }))
      const timer = setTimeout(() => {
        timers.delete(timer)
        store.setState(({ reactions }) => ({ reactions: reactions.filter((one) => one.id !== id) }))
      }, FLOAT_MS)
      timers.add(timer)
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}
