import { createCallService } from './calls/call-service.ts'
import { createChangeConversation } from './conversations/change-conversation.ts'
import type { ConversationState } from './conversations/conversation.ts'
import { createConversationService } from './conversations/conversation-service.ts'
import { createEntryService } from './conversations/entry-service.ts'
import { createFindRoom } from './conversations/find-room.ts'
import { createKnownConversations } from './conversations/known-conversations.ts'
import { createLifeService } from './conversations/life-service.ts'
import { createViewMembers } from './conversations/member-views.ts'
import { createModerationService } from './conversations/moderation-service.ts'
import { createNamesHere } from './conversations/names-here.ts'
import { createOperatorService } from './conversations/operator-service.ts'
import { createRoomService } from './conversations/room-service.ts'
import type { Core } from './core.ts'
import { createDeadlineRunner, type SetDeadline } from './deadlines/deadline-runner.ts'
import { handleByKind } from './deadlines/handle-by-kind.ts'
import type { DurableEvent } from './events.ts'
import type { ConversationId, UserId } from './ids.ts'
import { createInboxService } from './messages/inbox-service.ts'
import { createMessageService } from './messages/message-service.ts'
import { createReceiptService } from './messages/receipt-service.ts'
import { startRetention } from './messages/retention.ts'
import { createTypingService } from './messages/typing-service.ts'
import { createNotifyOfMessage } from './notifications/message-notifications.ts'
import { createNotificationService } from './notifications/notification-service.ts'
import { type CoreOptions, DEFAULT_CORE_OPTIONS } from './options.ts'
import { createIntroductions } from './people/introductions.ts'
import { createUserService } from './people/user-service.ts'
import type { CorePorts } from './ports/core-ports.ts'
import { createLeaseTrust } from './presence/lease-trust.ts'
import { startPresenceSweep } from './presence/presence-sweep.ts'
import { createStatusService } from './presence/status-service.ts'
import { createVoiceService } from './voice/voice-service.ts'

/** What changes who may be in voice, what they may do there, or how long it lasts. */
const CONCERNS_VOICE: ReadonlySet<DurableEvent['type']> = new Set([
  'member.left',
  'role.changed',
  'conversation.extended',
])

/** The core on these ports. Its timed work (ends of rooms, absent people) runs from now until `close`. */
export function createCore(ports: CorePorts, overrides: Partial<CoreOptions> = {}): Core {
  const options: CoreOptions = { ...DEFAULT_CORE_OPTIONS, ...overrides }
  const runner = createDeadlineRunner(ports, options, (deadline) => handleDeadline(deadline))
  const setDeadline: SetDeadline = (deadline) => runner.set(deadline)
  const known = createKnownConversations(ports)
  const notifications = createNotificationService(ports, options)
  const change = createChangeConversation(ports, setDeadline, known, (state, events) => followUp(state, events))
  const findRoom = createFindRoom(ports, known)
  const typing = createTypingService(ports, options)
  const names = createNamesHere()
  const calls = createCallService(ports, options, setDeadline)
  const introductions = createIntroductions(ports, change, known)
  const trust = createLeaseTrust(ports.clock, options.presenceLeaseMs / 2)
  const status = createStatusService(ports, options, calls, trust, introductions.introduce)
  const viewMembers = createViewMembers(ports, status.describe)
  const voice = createVoiceService(ports, options, known, setDeadline, trust)
  const endVoice = (id: ConversationId) => voice.end(id, 'expired')
  const rooms = createRoomService(ports, options, change, findRoom, setDeadline)
  const entry = createEntryService(ports, options, {
    change,
    findRoom,
    known,
    viewMembers,
    typing,
    names,
    voice,
    trust,
  })
  const messages = createMessageService(ports, options, {
    known,
    viewMembers,
    typing,
    names,
    notifyOf: createNotifyOfMessage(ports, known),
    tellNotified: notifications.tell,
  })
  const moderation = createModerationService(ports, options, change)
  const life = createLifeService(ports, options, change, setDeadline, endVoice)
  const operator = createOperatorService(ports, options, change, life.end)
  const receipts = createReceiptService(ports, known, notifications)
  const inbox = createInboxService(ports, options)
  const users = createUserService(ports, options, change, known, introductions.forget)
  const conversations = createConversationService(ports, options, {
    change,
    known,
    viewMembers,
    notifications,
    describe: status.describe,
    dropFromCall: calls.dropMember,
    endVoice,
  })
  const handleDeadline = handleByKind({
    ...life.deadlineHandlers,
    ...calls.deadlineHandlers,
    ...voice.deadlineHandlers,
  })
  const stopSweeps = options.runsTimers
    ? [startPresenceSweep(ports, options, trust, markAbsent), startRetention(ports, options)]
    : []
  if (options.runsTimers) runner.start()

  async function markAbsent(id: ConversationId, userId: UserId): Promise<void> {
    await voice.dropAbsent(id, userId)
    await entry.markAbsent(id, userId)
  }

  async function followUp(state: ConversationState, events: readonly DurableEvent[]): Promise<void> {
    if (events.some(({ type }) => CONCERNS_VOICE.has(type))) await voice.follow(state)
    if (state.conversation.kind === 'room') return
    for (const event of events)
      if (event.type === 'member.left') await calls.dropMember(state.conversation.id, event.userId)
    await notifications.tellRoles(state, events)
  }

  return {
    createRoom: rooms.createRoom,
    joinRoom: rooms.joinRoom,
    preview: rooms.preview,
    enter: entry.enter,
    exit: entry.exit,
    leave: entry.leave,
    displace: entry.displace,
    renew: entry.renew,
    ...messages,
    ...moderation,
    ...operator,
    ...conversations,
    ...receipts,
    ...inbox,
    ...users,
    pendingNotifications: notifications.pendingNotifications,
    clearNotification: notifications.clearNotification,
    clearNotifications: notifications.clearNotifications,
    introduce: introductions.introduceOnce,
    connect: status.connect,
    disconnect: status.disconnect,
    renewConnections: status.renewConnections,
    setStatus: status.setStatus,
    statuses: status.statuses,
    onlineContacts: status.onlineContacts,
    toldStatuses: status.toldStatuses,
    toldContacts: status.toldContacts,
    initiateCall: calls.initiateCall,
    answerCall: calls.answerCall,
    rejectCall: calls.rejectCall,
    endCall: calls.endCall,
    missedCalls: calls.missedCalls,
    relayCandidate: calls.relayCandidate,
    joinVoice: voice.joinVoice,
    leaveVoice: voice.leaveVoice,
    setMuted: voice.setMuted,
    publishMedia: voice.publishMedia,
    unpublishMedia: voice.unpublishMedia,
    signalMedia: voice.signalMedia,
    reportLevel: voice.reportLevel,
    raiseHand: voice.raiseHand,
    reactInVoice: voice.reactInVoice,
    reportQuality: voice.reportQuality,
    muteMember: voice.muteMember,
    muteAll: voice.muteAll,
    record: voice.record,
    voice: voice.voice,
    isInVoice: voice.isInVoice,
    endRoom: life.endRoom,
    count: () => ports.conversations.count(),
    close() {
      runner.stop()
      for (const stop of stopSweeps) stop()
      status.close()
      calls.close()
      voice.close()
      typing.close()
    },
  }
}
