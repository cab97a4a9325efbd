import { createCallService } from './calls/call-service.ts'
import { createChangeConversation } from './conversations/change-conversation.ts'
import { createEntryService } from './conversations/entry-service.ts'
import { createFindRoom } from './conversations/find-room.ts'
import { createLifeService } from './conversations/life-service.ts'
import { createModerationService } from './conversations/moderation-service.ts'
import { createRoomService } from './conversations/room-service.ts'
import type { Core } from './core.ts'
import { createDeadlineRunner } from './deadlines/deadline-runner.ts'
import { meetByKind } from './deadlines/meet-by-kind.ts'
import { createMessageService } from './messages/message-service.ts'
import { createTypingService } from './messages/typing-service.ts'
import { type CoreOptions, DEFAULT_CORE_OPTIONS } from './options.ts'
import type { CorePorts } from './ports/core-ports.ts'
import type { Deadline } from './ports/deadline-store.ts'
import { startPresenceSweep } from './presence/presence-sweep.ts'
import { createStatusService } from './presence/status-service.ts'

/** The core on these ports. Its timed work (ends of rooms, absent people) runs from now until `close`. */
export function createCore(ports: CorePorts, overrides: Partial<CoreOptions> = {}): Core {
  const options: CoreOptions = { ...DEFAULT_CORE_OPTIONS, ...overrides }
  const runner = createDeadlineRunner(ports, options, (deadline) => meet(deadline))
  const setDeadline = (deadline: Deadline) => runner.set(deadline)
  const change = createChangeConversation(ports, setDeadline)
  const findRoom = createFindRoom(ports)
  const typing = createTypingService(ports, options)
  const rooms = createRoomService(ports, options, change, findRoom, setDeadline)
  const entry = createEntryService(ports, options, change, findRoom, typing)
  const messages = createMessageService(ports, options, typing)
  const moderation = createModerationService(options, change)
  const life = createLifeService(ports, options, change, setDeadline)
  const calls = createCallService(ports, options, setDeadline)
  const status = createStatusService(ports, options, calls)
  const meet = meetByKind({ ...life.meeters, ...calls.meeters })
  const stopSweep = startPresenceSweep(ports, options, entry.markAbsent)
  runner.start()

  return {
    createRoom: rooms.createRoom,
    joinRoom: rooms.joinRoom,
    preview: rooms.preview,
    enter: entry.enter,
    exit: entry.exit,
    leave: entry.leave,
    renew: entry.renew,
    ...messages,
    ...moderation,
    connect: status.connect,
    disconnect: status.disconnect,
    renewConnections: status.renewConnections,
    setStatus: status.setStatus,
    statuses: status.statuses,
    onlineContacts: status.onlineContacts,
    initiateCall: calls.initiateCall,
    answerCall: calls.answerCall,
    rejectCall: calls.rejectCall,
    endCall: calls.endCall,
    relayCandidate: calls.relayCandidate,
    count: () => ports.conversations.count(),
    close() {
      runner.stop()
      stopSweep()
      status.close()
      calls.close()
      typing.close()
    },
  }
}
