import { describe, expect, it } from 'vitest'
import { lacksMicrophone } from './lacks-microphone.ts'
import { voicePerson } from './voice-person-fixture.ts'

const silent = voicePerson('a', { sources: ['camera'], hasAudio: false })

describe('who lacks a microphone', () => {
  it('is who could be heard and sends no sound', () => {
    expect(lacksMicrophone(silent)).toBe(true)
    expect(lacksMicrophone({ ...silent, sources: ['mic'] })).toBe(false)
  })

  it('is nobody who chose to be silent, nor anybody whose sound comes though they did not announce it', () => {
    expect(lacksMicrophone({ ...silent, muted: true })).toBe(false)
    expect(lacksMicrophone({ ...silent, listenOnly: true })).toBe(false)
    expect(lacksMicrophone({ ...silent, hasAudio: true })).toBe(false)
  })
})
