export type * from './voice-types.ts'
