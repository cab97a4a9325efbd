import type { site } from '@parley/protocol'
import { type Change, siteChange } from '../change.ts'
import type { Line, OpenLine } from './line.ts'
import { openSocket, type Transport } from './socket.ts'

export const onSite =
  (transport: Transport): OpenLine =>
  async ({ url, token, onTold, onRemoved }) => {
    const socket = await openSocket(url, { transport, token: null }, (event, data) => {
      const told = siteChange(event, data)
      if (told !== null) onTold(told)
      else if (event === 'conversation:closed') {
        onRemoved((data as site.ServerData<'conversation:closed'>).conversationId)
      }
    })
    try {
      await socket.ask('authenticate', { token }, ignore)
    } catch (error) {
      socket[Symbol.dispose]()
      throw error
    }
    const line: Line = {
      ended: socket.ended,
      join: (conversationId, since, onEntered) =>
        socket.ask<site.Answer<'conversation:join'>>(
          'conversation:join',
          { conversationId, ...(since !== null && { since }) },
          ({ epoch, rev, recovered, changes }) =>
            onEntered({ epoch, rev, recovered, missed: changes.map(({ event, data }) => changeOf(event, data)) }),
        ),
      say: (conversationId, text, messageId, onAcked) =>
        socket.ask<site.Ack>('message:send', { conversationId, text, messageId }, ({ id, seq, status }) => {
          if (id === undefined || seq === undefined) throw new Error('acknowledged without a place')
          onAcked({ messageId: id, seq, duplicate: status === 'duplicate' })
        }),
      leave: (conversationId, _seat, onLeft) => socket.ask('conversation:leave', { conversationId }, onLeft),
      edit: null,
      remove: null,
      react: (conversationId, messageId, emoji) =>
        socket.ask('message:react', { conversationId, messageId, emoji }, ignore),
      speak: null,
      [Symbol.dispose]: socket[Symbol.dispose],
    }
    return line
  }

const ignore = (): void => undefined

function changeOf(event: string, data: unknown): Change {
  const told = siteChange(event, data)
  if (told === null) throw new Error(`${event} is no durable event`)
  return told.change
}
