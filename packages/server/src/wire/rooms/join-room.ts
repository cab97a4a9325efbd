import { DomainError, NO_VOICE, normalizeRoomId } from '@parley/core'
import type { rooms } from '@parley/protocol'
import { enterConversation } from '../enter-conversation.ts'
import { keepText, writeObject } from '../written-json.ts'
import { missedEvent } from './events.ts'
import type { RoomsContext, RoomsParticipant, RoomsReply } from './rooms-wire.ts'
import { oldestBeyondMost } from './socket-id.ts'
import { participantView, roomView } from './views.ts'

/** Enters the room, or its lobby; the session then leaves the room in which it was. */
export async function joinRoom(
  { session, ref }: RoomsContext,
  input: rooms.ClientMessage<'join_room'>,
): Promise<RoomsReply> {
  const { clock, fanout, registry } = session.wire.foundation
  const conversationId = normalizeRoomId(input.roomId)
  const name = input.name ?? null
  // Whoever comes in again never went away.
  const previous = session.place?.topic.conversationId === conversationId ? session.place : null
  const { subscription, entered } = await enterConversation(session.wire.foundation, session, {
    conversationId,
    name,
    since: input.since ?? null,
    previous,
    leave: () => session.leavePlace(),
  })
  if (previous !== null) session.place = null
  const { conversation } = entered.status === 'waiting' ? entered.preview : entered.snapshot
  if (conversation.kind !== 'room') {
    // Chats are not spoken of on this wire, to their members neither.
    fanout.unsubscribe(subscription)
    registry.exit(session, subscription.topic.conversationId)
    throw new DomainError('CONVERSATION_NOT_FOUND', 'There is no such room.')
  }
  // Not before: a door that stays closed costs nobody the room that they are in.
  session.leavePlace()
  session.place = subscription
  session.joinName = name
  const about = { type: 'room_event', roomId: subscription.topic.conversationId, at: clock.now() } as const
  if (entered.status === 'waiting') {
    session.send({ ...about, event: 'waiting' })
    fanout.wait(subscription)
    return { type: 'ok', data: { waiting: true } }
  }
  const you = entered.snapshot.members.find(({ member }) => member.userId === entered.self.userId)
  const room = roomView(entered.snapshot, session.wire.lists.view(subscription.topic, entered.snapshot.members))
  session.send({
    ...about,
    event: 'joined',
    room: keepText(room, writeObject(room)),
    you: participantView({ member: you?.member ?? entered.self, online: true, voice: you?.voice ?? NO_VOICE }),
    recovered: entered.recovered,
    missed: entered.missed.map(missedEvent),
  })
  for (const { userId, name } of entered.knocking) {
    session.send({ ...about, event: 'knock', participantId: userId, name })
  }
  const { position, members } = entered.snapshot
  fanout.settle(subscription, entered.self.role, position, members, entered.knocking)
  session.wire.participants.changed(subscription.topic)
  if (entered.isFurther) makePlace(session, conversationId)
  return ref === undefined ? null : { type: 'ok' }
}

/** On whichever nodes they are, the participant's oldest sockets beyond what one may have end. */
function makePlace({ wire, caller, id }: RoomsParticipant, conversationId: string): void {
  const { core, logger } = wire.foundation
  core
    .displace(caller, conversationId, (sessionIds) => oldestBeyondMost(sessionIds, id))
    .catch((err: unknown) => logger.warn({ err }, 'the sockets of a participant could not be counted'))
}

/** The room that the session is in. */
export function roomOf(session: RoomsParticipant, purpose: string): string {
  if (session.place?.state !== 'in') throw new DomainError('NOT_IN_ROOM', `Must be in a room to ${purpose}`)
  return session.place.topic.conversationId
}
