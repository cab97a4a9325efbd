import { describe, expect, it } from 'vitest'
import { checkDraft, newDraft, type RoomDraft, refusedFields } from './room-draft.ts'

const draft: RoomDraft = {
  name: 'Harbour',
  hostName: 'Maja',
  duration: 60,
  maxParticipants: 30,
  password: '',
  lobby: false,
  encrypted: false,
}

describe('newDraft', () => {
  it.each([
    [[15, 30, 60, 120], 60],
    [[10, 45, 600], 45],
    [[90, 120], 90],
  ])('of a server that offers %j minutes begins with %i', (durations, duration) => {
    expect(newDraft('Maja', { durations, maxParticipants: 100 })).toMatchObject({ duration, maxParticipants: 30 })
  })

  it('asks for no more people than the server allows', () => {
    expect(newDraft('Maja', { durations: [60], maxParticipants: 10 })).toMatchObject({ maxParticipants: 10 })
  })
})

describe('checkDraft', () => {
  it('accepts a complete draft', () => {
    expect(checkDraft(draft)).toEqual([])
  })

  it('names every wrong field in the order of the form', () => {
    expect(checkDraft({ ...draft, name: '  ', hostName: 'M', password: 'x'.repeat(129) })).toEqual([
      'name',
      'hostName',
      'password',
    ])
  })

  it('counts characters as people do', () => {
    expect(checkDraft({ ...draft, hostName: '🦊🐻' })).toEqual([])
    expect(checkDraft({ ...draft, hostName: '🦊'.repeat(51) })).toEqual(['hostName'])
  })
})

describe('refusedFields', () => {
  it('picks the fields of the form that the server refused', () => {
    const failure = { code: 'VALIDATION_FAILED', retryAt: null, fields: ['hostName', 'elsewhere', 'name'] } as const
    expect(refusedFields(failure)).toEqual(['name', 'hostName'])
  })

  it('has none for other failures', () => {
    expect(refusedFields({ code: 'RATE_LIMITED', retryAt: null, fields: ['name'] })).toEqual([])
  })
})
