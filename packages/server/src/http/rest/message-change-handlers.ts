import type { Caller, Message } from '@parley/core'
import { site } from '@parley/protocol'
import { messageView } from '../../wire/site/views.ts'
import { memberFor, userOrSite } from './guards.ts'
import { LARGE_BODY_BYTES, type RestContext, restHandler } from './rest-handler.ts'

const ofMessage = {
  tag: 'Messages',
  errorTable: 'site',
  token: 'required',
  apiKey: 'messages',
  guard: userOrSite('messages'),
  ownLimitOnly: true,
  errors: ['CONVERSATION_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
} as const

interface Named {
  readonly id: string
  readonly messageId: string
  readonly userId?: string | undefined
}

/** Who does it, and to which message: either of its ids names it. */
async function find(
  context: RestContext,
  { id, messageId, userId }: Named,
): Promise<{ readonly caller: Caller; readonly at: { readonly conversationId: string; readonly messageId: string } }> {
  const caller = memberFor(context, userId)
  const message: Message = await context.core.findMessage(caller, id, messageId)
  return { caller, at: { conversationId: message.conversationId, messageId: message.id } }
}

export const editMessage = restHandler({
  ...ofMessage,
  name: 'editMessage',
  method: 'PATCH',
  url: '/api/conversations/:id/messages/:messageId',
  summary: 'Change what a message says: whoever wrote it',
  schema: site.editMessageBody,
  status: 200,
  answer: site.messageAnswer,
  limit: 'event',
  maxBodyBytes: LARGE_BODY_BYTES,
  async run(context, { text, ...named }) {
    const { caller, at } = await find(context, named)
    return { message: messageView(await context.core.edit(caller, { ...at, content: text })) }
  },
})

export const deleteMessage = restHandler({
  ...ofMessage,
  name: 'deleteMessage',
  method: 'DELETE',
  url: '/api/conversations/:id/messages/:messageId',
  summary: 'Delete a message, which leaves its place without its text: whoever wrote it, and the host',
  schema: site.deleteMessageQuery,
  status: 200,
  answer: site.messageAnswer,
  limit: 'event',
  async run(context, named) {
    const { caller, at } = await find(context, named)
    return { message: messageView(await context.core.deleteMessage(caller, at)) }
  },
})

const reaction = {
  ...ofMessage,
  url: '/api/conversations/:id/messages/:messageId/reactions/:emoji',
  schema: site.reactionBody,
  status: 204,
  answer: null,
} as const

export const addReaction = restHandler({
  ...reaction,
  name: 'addReaction',
  method: 'PUT',
  summary: 'React to a message with this emoji (percent-encoded); again changes nothing',
  limit: 'reactionAdd',
  async run(context, { emoji, ...named }) {
    const { caller, at } = await find(context, named)
    await context.core.react(caller, { ...at, emoji, on: true })
    return undefined
  },
})

export const removeReaction = restHandler({
  ...reaction,
  name: 'removeReaction',
  method: 'DELETE',
  summary: 'Take a reaction back; harmless where there is none',
  limit: 'reactionRemove',
  async run(context, { emoji, ...named }) {
    const { caller, at } = await find(context, named)
    await context.core.react(caller, { ...at, emoji, on: false })
    return undefined
  },
})
