import { describe, expect, it } from 'vitest'
import { checkDraft, type RoomDraft, refusedFields } from './room-draft.ts'

const draft: RoomDraft = {
  name: 'Harbour',
  hostName: 'Maja',
  duration: 60,
  maxParticipants: 30,
  password: '',
  lobby: false,
  encrypted: false,
}

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
