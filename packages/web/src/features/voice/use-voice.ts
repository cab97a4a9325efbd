import type { VoicePerson, VoiceSnapshot } from '@parley/client'
import { useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import type { CallUi } from '../../state/call-ui.ts'
import { hasPictures } from '../../state/has-pictures.ts'
import { useRoom } from '../room/room-context.tsx'

/** A part of voice as it stands; `select` must give the same object for the same snapshot. */
export function useVoice<T>(select: (snapshot: VoiceSnapshot) => T): T {
  const { voice } = useRoom().room
  return useSyncExternalStore(voice.subscribe, () => select(voice.getSnapshot()))
}

/** A part of how this person looks at the call; same rule. */
export function useCallUi<T>(select: (ui: CallUi) => T): T {
  return useStore(useRoom().room.call, select)
}

/** Whether we are in voice, or on our way. */
export const useIsInVoice = (): boolean =>
  useVoice(({ phase }) => phase === 'in' || phase === 'reconnecting' || phase === 'joining')

/** Somebody in voice, or `undefined`. */
export const useVoicePerson = (userId: string): VoicePerson | undefined =>
  useVoice(({ participants }) => participants.find((person) => person.userId === userId))

/**
 * How much room the call takes: none, a strip of people who are only heard, or a stage with pictures.
 * `alone`: the pictures have the room to themselves, the conversation is put away.
 */
export function useStageShape(): 'none' | 'strip' | 'pictures' | 'alone' {
  const isIn = useIsInVoice()
  const withPictures = useVoice(({ participants }) => hasPictures(participants))
  const isChatShown = useCallUi((ui) => ui.isChatShown)
  if (!isIn) return 'none'
  if (!withPictures) return 'strip'
  return isChatShown ? 'pictures' : 'alone'
}
