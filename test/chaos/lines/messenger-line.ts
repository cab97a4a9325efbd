import type { messenger } from '@parley/protocol'
import { type Change, messengerChange } from '../change.ts'
import { seenInVoice } from '../voice/seen-in-voice.ts'
import type { Line, OpenLine } from './line.ts'
import { openSocket, type Transport } from './socket.ts'

type Joined = Extract<messenger.Answer<'chat:join'>, { members: unknown }>

export const onMessenger =
  (transport: Transport): OpenLine =>
  async ({ url, token, onTold, onRemoved, onVoice, onInVoice, onPresent }) => {
    /** Who is here, by room. */
    const present = new Map<string, Set<string>>()
    function tellPresent(userId: string | null, isHere: boolean, roomIds: Iterable<string>): void {
      for (const roomId of roomIds) {
        const people = present.get(roomId)
        if (people === undefined || userId === null) continue
        if (isHere) people.add(userId)
        else people.delete(userId)
        onPresent(roomId, people)
      }
    }
    const socket = await openSocket(url, { transport, token }, (event, data) => {
      if (event === 'voice:state') {
        const { chatId, participants } = data as messenger.ServerData<'voice:state'>
        onInVoice(chatId, participants.map(seenInVoice))
      }
      if (event.startsWith('voice:')) return onVoice(event, data)
      // In rooms it says nothing of where: these people have one room each.
      if (event === 'presence:update') {
        const { userId, status } = data as messenger.ServerData<'presence:update'>
        tellPresent(userId, status !== 'offline', present.keys())
      }
      const told = messengerChange(event, data)
      if (told?.change.kind === 'came') tellPresent(told.change.userId, true, [told.conversationId])
      if (told?.change.kind === 'went') tellPresent(told.change.userId, false, [told.conversationId])
      if (told !== null) onTold(told)
      else if (event === 'room:kicked') onRemoved((data as messenger.ServerData<'room:kicked'>).chatId)
    })
    const line: Line = {
      ended: socket.ended,
      join: (chatId, since, onEntered) =>
        socket.ask<Joined>('chat:join', { chatId, ...(since !== null && { since }) }, (joined) => {
          const { epoch, rev, recovered, changes, chat, members } = joined
          if (chat.kind === 'room') {
            const people = new Set(members.filter(({ online }) => online).map(({ userId }) => userId))
            present.set(chatId, people)
            onPresent(chatId, people)
          }
          onEntered({ epoch, rev, recovered, missed: changes.map(changeOf) })
          // Whoever is in voice is told right after; if nobody is, nothing is told.
          onInVoice(chatId, [])
        }),
      say: (chatId, encryptedContent, tempId, onAcked) =>
        socket.ask<messenger.Answer<'message:new'>>(
          'message:new',
          { chatId, encryptedContent, tempId },
          ({ message: { id, seq }, duplicate }) => onAcked({ messageId: id, seq, duplicate }),
        ),
      leave: (chatId, seat, onLeft) => socket.ask(seat ? 'room:leave' : 'chat:leave', { chatId }, onLeft),
      edit: (chatId, messageId, encryptedContent) =>
        socket.ask('message:edit', { chatId, messageId, encryptedContent }, ignore),
      remove: (chatId, messageId) => socket.ask('message:delete', { chatId, messageId }, ignore),
      react: (chatId, messageId, emoji) => socket.ask('reaction:new', { chatId, messageId, emoji }, ignore),
      async speak(event, data) {
        let answered: unknown = null
        await socket.ask(event, data, (answer) => {
          answered = answer
        })
        return answered
      },
      [Symbol.dispose]: socket[Symbol.dispose],
    }
    return line
  }

const ignore = (): void => undefined

function changeOf({ event, data }: { readonly event: string; readonly data?: unknown }): Change {
  const told = messengerChange(event, data)
  if (told === null) throw new Error(`${event} is no durable event`)
  return told.change
}
