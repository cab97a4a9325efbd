import type { VoicePerson } from '@parley/client'

/** Whether there is anything to see, so that the stage needs room. */
export const hasPictures = (people: readonly VoicePerson[]): boolean =>
  people.some(({ sources }) => sources.includes('camera') || sources.includes('screen'))
