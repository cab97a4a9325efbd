import { randomUUID } from 'node:crypto'
import type { ConversationId, MediaEvent } from '@parley/core'
import { startJanus } from '@parley/testkit/services'
import pino from 'pino'
import { expect, test } from 'vitest'
import { createSystemClock } from '../../ids/system-clock.ts'
import { createJanusRoom, type JanusRoom } from './janus-room.ts'
import { openJanusSession } from './janus-session.ts'
import { createVoiceRoom } from './voice-room.ts'

const clock = createSystemClock()

test('a room that somebody else removed from its Janus is made again', async () => {
  await using janus = await startJanus()
  await using session = await openJanusSession(janus.server, { clock, onLost: () => undefined })
  const places: JanusRoom[] = []
  const events: MediaEvent[] = []
  const conversationId = 'room' as ConversationId
  const room = createVoiceRoom({
    conversationId,
    isEncrypted: false,
    clock,
    logger: pino({ level: 'silent' }),
    async place() {
      const options = { id: randomUUID(), publishers: 10, isEncrypted: false, now: clock.now() }
      const place = await createJanusRoom({ server: janus.server, session }, session, options)
      places.push(place)
      return place
    },
    isStillIn: async () => true,
    left: async () => undefined,
    emit: (event) => events.push(event),
  })
  const seat = (name: string) => {
    const ids = { conversationId, userId: name, sessionId: `${name}-session` }
    return { ...ids, name, maySend: true, isEncrypted: false } as Parameters<typeof room.join>[0]
  }
  await room.join(seat('ann'))
  await places[0]?.destroy()
  await room.join(seat('bob'))
  expect(places).toHaveLength(2)
  expect(events).toEqual([{ type: 'moved', conversationId }])
  await room.join(seat('ann'))
  expect(room.people).toBe(2)
  await room.close({ forAll: true })
})
