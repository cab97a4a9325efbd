import { randomUUID } from 'node:crypto'
import type { ConversationId, MediaEvent, MediaSeat } from '@parley/core'
import { startJanus } from '@parley/testkit/services'
import pino from 'pino'
import { expect, test } from 'vitest'
import { createSystemClock } from '../../ids/system-clock.ts'
import { createJanusRoom, type JanusRoom } from './janus-room.ts'
import { openJanusSession } from './janus-session.ts'
import { createVoiceRoom } from './voice-room.ts'

const clock = createSystemClock()

function seat(name: string): MediaSeat {
  const ids = { conversationId: 'room', userId: name, sessionId: `${name}-session` }
  return { ...ids, name, maySend: true, isEncrypted: false } as MediaSeat
}

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
  await room.join(seat('ann'))
  await places[0]?.destroy()
  await room.join(seat('bob'))
  expect(places).toHaveLength(2)
  expect(events).toEqual([{ type: 'moved', conversationId }])
  await room.join(seat('ann'))
  expect(room.people).toBe(2)
  await room.close({ forAll: true })
})

test('a place that is found when the voice is over is left, and told of when that can not be', async () => {
  await using janus = await startJanus()
  await using session = await openJanusSession(janus.server, { clock, onLost: () => undefined })
  const placing = Promise.withResolvers<JanusRoom>()
  const lines: string[] = []
  const room = createVoiceRoom({
    conversationId: 'room' as ConversationId,
    isEncrypted: false,
    clock,
    logger: pino({ base: null }, { write: (line) => lines.push(JSON.parse(line).msg) }),
    place: () => placing.promise,
    isStillIn: async () => true,
    left: () => Promise.reject(new Error('Who lives where can not be said at the moment.')),
    emit: () => undefined,
  })
  const joining = room.join(seat('ann'))
  await room.leave('ann', 'ann-session')
  await room.close({ forAll: false })
  const options = { id: randomUUID(), publishers: 10, isEncrypted: false, now: clock.now() }
  placing.resolve(await createJanusRoom({ server: janus.server, session }, session, options))
  await expect(joining).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' })
  await expect.poll(() => lines).toEqual(['a room stays behind'])
})
