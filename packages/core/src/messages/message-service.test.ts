import { createTestCore, personOf } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const refusal = (code: string) => expect.objectContaining({ code })
const [ann, bob] = [personOf('ann'), personOf('bob')]

async function openForTwo() {
  const core = createTestCore()
  const conversationId = await core.openRoom()
  await core.arrive('bob', conversationId)
  core.forget()
  return { core, conversationId }
}

describe('sending', () => {
  test('stores the message under the name known in the room and tells everybody but the session that sent it', async () => {
    const { core, conversationId } = await openForTwo()
    await core.enter(
      { ...personOf('carl'), name: 'Token Name' },
      {
        conversationId,
        name: 'Carl',
        since: null,
        address: '192.0.2.2',
      },
    )
    core.forget()
    const { message, duplicate } = await core.say('carl', conversationId, 'hello')
    expect(message).toMatchObject({ senderId: 'carl', senderName: 'Carl', content: 'hello', seq: 4, rev: 4 })
    expect(duplicate).toBe(false)
    expect(core.published).toEqual([
      {
        event: { type: 'message.sent', conversationId, at: message.createdAt, rev: 4, message },
        epoch: (await core.ports.conversations.load(conversationId))?.epoch,
        audience: { kind: 'topic' },
        exceptSession: 'carl-1',
      },
    ])
  })

  test('twice with one client id stores and tells once, also at the same time', async () => {
    const { core, conversationId } = await openForTwo()
    const [first, second] = await Promise.all([
      core.say('bob', conversationId, 'hello', 'c1'),
      core.say('bob', conversationId, 'hello', 'c1'),
    ])
    expect([first.duplicate, second.duplicate]).toEqual([false, true])
    expect(second.message).toEqual(first.message)
    expect(core.eventsOf('message.sent')).toHaveLength(1)
    await expect(core.say('ann', conversationId, 'hello', 'c1')).resolves.toMatchObject({ duplicate: false })
  })

  test('is for members', async () => {
    const { core, conversationId } = await openForTwo()
    await expect(core.say('eve', conversationId, 'hello')).rejects.toEqual(refusal('NOT_IN_ROOM'))
    await expect(core.say('eve', 'nowhere', 'hello')).rejects.toEqual(refusal('CONVERSATION_NOT_FOUND'))
  })

  test('a reply needs its message in the same room', async () => {
    const { core, conversationId } = await openForTwo()
    const elsewhere = await core.openRoom()
    const { message } = await core.say('ann', conversationId, 'hello')
    const reply = (id: string) =>
      core.send(ann, {
        conversationId: id,
        content: 'yes',
        type: 'text',
        clientId: null,
        replyTo: message.id,
        metadata: null,
      })
    await expect(reply(conversationId)).resolves.toMatchObject({ message: { replyTo: message.id } })
    await expect(reply(elsewhere)).rejects.toEqual(refusal('MESSAGE_NOT_FOUND'))
  })

  test('many at once get one order without holes, told in that order', async () => {
    const { core, conversationId } = await openForTwo()
    const sent = await Promise.all(Array.from({ length: 64 }, (_, i) => core.say('ann', conversationId, `${i}`)))
    const revs = Array.from({ length: 64 }, (_, i) => i + 3)
    expect(sent.map(({ message }) => message.seq).sort((a, b) => a - b)).toEqual(revs)
    expect(core.eventsOf('message.sent').map((event) => event.rev)).toEqual(revs)
  })
})

describe('editing', () => {
  test('changes an own message and keeps its place', async () => {
    const { core, conversationId } = await openForTwo()
    const { message } = await core.say('ann', conversationId, 'helo')
    await core.clock.advance(1_000)
    const edited = await core.edit(ann, { conversationId, messageId: message.id, content: 'hello' })
    expect(edited).toEqual({ ...message, content: 'hello', rev: message.rev + 1, editedAt: core.clock.now() })
    expect(core.published.at(-1)).toMatchObject({
      event: { type: 'message.edited', message: edited },
      exceptSession: null,
    })
  })

  test('is not for messages of others, not even for the host, nor for deleted ones', async () => {
    const { core, conversationId } = await openForTwo()
    const { message } = await core.say('bob', conversationId, 'hello')
    const change = { conversationId, messageId: message.id, content: 'changed' }
    await expect(core.edit(ann, change)).rejects.toEqual(refusal('FORBIDDEN'))
    await core.deleteMessage(bob, change)
    await expect(core.edit(bob, change)).rejects.toEqual(refusal('MESSAGE_NOT_FOUND'))
  })

  test('is over when one has left', async () => {
    const { core, conversationId } = await openForTwo()
    const { message } = await core.say('bob', conversationId, 'hello')
    await core.leave(bob, conversationId)
    const change = { conversationId, messageId: message.id, content: 'changed' }
    await expect(core.edit(bob, change)).rejects.toEqual(refusal('NOT_IN_ROOM'))
    await expect(core.deleteMessage(bob, change)).rejects.toEqual(refusal('NOT_IN_ROOM'))
  })
})

describe('deleting', () => {
  test('leaves the place, and nothing of the content anywhere', async () => {
    const { core, conversationId } = await openForTwo()
    const { message } = await core.say('bob', conversationId, 'a secret')
    await core.edit(bob, { conversationId, messageId: message.id, content: 'a secret still' })
    await core.react(ann, { conversationId, messageId: message.id, emoji: '👍', on: true })
    const deleted = await core.deleteMessage(bob, { conversationId, messageId: message.id })
    expect(deleted).toMatchObject({ id: message.id, seq: message.seq, content: '', metadata: null, reactions: {} })
    const { epoch } = (await core.ports.conversations.load(conversationId)) ?? { epoch: '' }
    const kept = await core.ports.conversations.changesSince(conversationId, { epoch, rev: 0 })
    expect(kept).toHaveLength(6)
    expect(JSON.stringify([kept, await core.history(ann, { conversationId, limit: 10 })])).not.toContain('secret')
  })

  test('messages of others is for the host alone', async () => {
    const { core, conversationId } = await openForTwo()
    const { message: ofAnn } = await core.say('ann', conversationId, 'one')
    const { message: ofBob } = await core.say('bob', conversationId, 'two')
    await core.setRole(ann, { conversationId, userId: 'bob', role: 'moderator' })
    await expect(core.deleteMessage(bob, { conversationId, messageId: ofAnn.id })).rejects.toEqual(refusal('FORBIDDEN'))
    await core.deleteMessage(ann, { conversationId, messageId: ofBob.id })
    expect(core.eventsOf('message.deleted')).toMatchObject([{ byId: 'ann', message: { id: ofBob.id } }])
    await expect(core.deleteMessage(ann, { conversationId, messageId: ofBob.id })).rejects.toEqual(
      refusal('MESSAGE_NOT_FOUND'),
    )
  })
})

describe('reacting', () => {
  test('toggles, or sets as told, and tells only changes', async () => {
    const { core, conversationId } = await openForTwo()
    const { message } = await core.say('ann', conversationId, 'hello')
    core.forget()
    const react = (on: boolean | null) => core.react(bob, { conversationId, messageId: message.id, emoji: '👍', on })
    await expect(react(null)).resolves.toMatchObject({ on: true, message: { reactions: { '👍': ['bob'] } } })
    await expect(react(true)).resolves.toMatchObject({ on: true })
    await expect(react(null)).resolves.toMatchObject({ on: false, message: { reactions: {} } })
    await expect(react(false)).resolves.toMatchObject({ on: false })
    expect(core.published.map(({ event }) => event.type)).toEqual(['reaction.added', 'reaction.removed'])
  })

  test('needs an emoji, a message that is there, and membership', async () => {
    const { core, conversationId } = await openForTwo()
    const { message } = await core.say('ann', conversationId, 'hello')
    const input = { conversationId, messageId: message.id, emoji: '👍', on: null }
    await expect(core.react(bob, { ...input, emoji: '__proto__' })).rejects.toEqual(refusal('VALIDATION_FAILED'))
    await expect(core.react(bob, { ...input, messageId: 'none' })).rejects.toEqual(refusal('MESSAGE_NOT_FOUND'))
    await expect(core.react(personOf('eve'), input)).rejects.toEqual(refusal('NOT_IN_ROOM'))
    await core.deleteMessage(ann, input)
    await expect(core.react(bob, input)).rejects.toEqual(refusal('MESSAGE_NOT_FOUND'))
  })

  test('gathers at most twenty different emoji', async () => {
    const { core, conversationId } = await openForTwo()
    const { message } = await core.say('ann', conversationId, 'hello')
    const react = (emoji: string) => core.react(bob, { conversationId, messageId: message.id, emoji, on: true })
    for (let i = 0; i < 20; i += 1) await react(String.fromCodePoint(0x1f600 + i))
    await expect(react('🚀')).rejects.toEqual(refusal('VALIDATION_FAILED'))
    const more = core.react(ann, { conversationId, messageId: message.id, emoji: '\u{1F600}', on: true })
    await expect(more).resolves.toMatchObject({ on: true })
  })
})

describe('reading', () => {
  test('shows a stranger no history, as if there were no room', async () => {
    const { core, conversationId } = await openForTwo()
    await expect(core.history(personOf('eve'), { conversationId, limit: 10 })).rejects.toEqual(
      refusal('CONVERSATION_NOT_FOUND'),
    )
  })

  test('pages through the whole history without a gap, newest page first', async () => {
    const { core, conversationId } = await openForTwo()
    for (let i = 1; i <= 25; i += 1) await core.say('ann', conversationId, `${i}`)
    const read: string[] = []
    let before: number | undefined
    for (;;) {
      const query = before === undefined ? { limit: 10 } : { before, limit: 10 }
      const page = await core.history(bob, { conversationId, ...query })
      read.unshift(...page.messages.map((message) => message.content))
      before = page.messages[0]?.seq
      if (!page.hasMore) break
    }
    expect(read).toEqual(Array.from({ length: 25 }, (_, i) => `${i + 1}`))
  })

  test('who is there is for members', async () => {
    const { core, conversationId } = await openForTwo()
    await core.exit(ann, conversationId)
    await expect(core.members(bob, conversationId)).resolves.toMatchObject([
      { member: { userId: 'ann' }, online: false },
      { member: { userId: 'bob' }, online: true },
    ])
    await expect(core.members(personOf('eve'), conversationId)).rejects.toEqual(refusal('NOT_IN_ROOM'))
  })
})
