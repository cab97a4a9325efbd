import type { Core } from '@parley/core'
import type { messenger } from '@parley/protocol'
import type { Handler } from '../dispatch.ts'
import { chatIdOf } from './find-chat.ts'
import type { MessengerContext } from './messenger-wire.ts'

/** The commands of these events, each with its schema, guard, limit and what it does. */
export type Commands<Event extends messenger.ClientEvent> = {
  readonly [E in Event]: Handler<MessengerContext, (typeof messenger.clientMessages)[E], messenger.Answer<E>>
}

export function coreOf({ session }: MessengerContext): Core {
  return session.wire.foundation.core
}

export function inChat(context: MessengerContext, input: { readonly chatId: string }): { conversationId: string } {
  return { conversationId: chatIdOf(context, input) }
}
