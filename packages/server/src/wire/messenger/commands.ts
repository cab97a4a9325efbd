import { messenger } from '@parley/protocol'
import { anyone } from '../dispatch.ts'
import { callCommands } from './call-commands.ts'
import { chatCommands } from './chat-commands.ts'
import type { Commands } from './command.ts'
import { messageCommands } from './message-commands.ts'
import { moderationCommands } from './moderation-commands.ts'
import { peopleCommands } from './people-commands.ts'
import { refreshToken } from './refresh-token.ts'
import { roomCommands } from './room-commands.ts'
import { voiceCommands } from './voice-commands.ts'

/** What clients may ask for on the messenger wire. */
export const commands = {
  ...messageCommands,
  ...chatCommands,
  ...peopleCommands,
  ...callCommands,
  ...roomCommands,
  ...voiceCommands,
  ...moderationCommands,

  'auth:refresh': {
    schema: messenger.clientMessages['auth:refresh'],
    guard: anyone,
    limit: 'event',
    run: ({ session }, { token }) => refreshToken(session, token),
  },
} satisfies Commands<messenger.ClientEvent>

export function isCommand(event: string): event is messenger.ClientEvent {
  return Object.hasOwn(commands, event)
}
