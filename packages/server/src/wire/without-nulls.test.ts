import { messenger, site } from '@parley/protocol'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { parse } from './dispatch.ts'

const { createConversationBody, updateConversationBody, postMessageBody } = site

describe('null for a field that may be left out is as leaving it out', () => {
  test('in every member of a list', () => {
    const members = [
      { userId: 'ann', name: null, role: null },
      { userId: 'bo', name: 'Bo' },
      { userId: 'cy', name: null },
    ]
    const given = { id: null, kind: null, members }
    expect(parse(createConversationBody, given)).toEqual({
      kind: 'group',
      members: [{ userId: 'ann' }, { userId: 'bo', name: 'Bo' }, { userId: 'cy' }],
    })
    expect(given).toEqual({ id: null, kind: null, members })
    expect(members[0]).toEqual({ userId: 'ann', name: null, role: null })
  })

  test('in what may have several forms', () => {
    expect(parse(messenger.clientMessages['chat:join-multiple'], { chats: null, chatIds: ['a'] })).toEqual({
      chatIds: ['a'],
    })
    const nested = z.object({ place: z.union([z.object({ at: z.int().optional() }).strict(), z.literal('end')]) })
    expect(parse(nested, { place: { at: null } })).toEqual({ place: {} })
  })

  test('in many at once: copied each by itself they would take minutes', () => {
    const members = Array.from({ length: 40_000 }, () => ({ userId: 'ann', name: null }))
    expect(() => parse(createConversationBody, { members })).toThrow('members must have at most 200 entries')
  })
})

test('null that says something stays, also beside one that says nothing', () => {
  expect(parse(updateConversationBody, { id: 'c', name: null, retentionDays: null })).toEqual({
    id: 'c',
    retentionDays: null,
  })
  const metadata = { mentions: null, list: [null] }
  expect(parse(postMessageBody, { id: 'c', text: 'hi', replyTo: null, metadata })).toEqual({
    ...{ id: 'c', text: 'hi', metadata },
  })
})

test('null is refused for what is needed, and as an entry of a list', () => {
  expect(() => parse(createConversationBody, { members: [{ userId: null }] })).toThrow('members.0.userId is missing.')
  expect(() => parse(createConversationBody, { members: [null] })).toThrow('members.0 must be an object.')
  expect(() => parse(createConversationBody, null)).toThrow('The request must be an object.')
})
