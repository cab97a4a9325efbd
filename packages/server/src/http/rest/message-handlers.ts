import { site } from '@parley/protocol'
import { ackView, messageView } from '../../wire/site/views.ts'
import { memberFor, user, userOrSite } from './guards.ts'
import { LARGE_BODY_BYTES, restHandler } from './rest-handler.ts'

export const listMessages = restHandler({
  name: 'listMessages',
  tag: 'Messages',
  errorTable: 'site',
  method: 'GET',
  url: '/api/conversations/:id/messages',
  summary: 'A page of messages, ascending; the newest without `before` and `after`',
  schema: site.messagesQuery,
  status: 200,
  answer: site.messagesAnswer,
  token: 'required',
  guard: user,
  limit: null,
  errors: ['CONVERSATION_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
  async run(context, { id, before, after, limit }) {
    user(context)
    const { messages, hasMore } = await context.core.history(context.identity, {
      conversationId: id,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      limit,
    })
    return { messages: messages.map(messageView), hasMore }
  },
})

export const postMessage = restHandler({
  name: 'postMessage',
  tag: 'Messages',
  errorTable: 'site',
  method: 'POST',
  url: '/api/conversations/:id/messages',
  summary: 'Send a message; the same `messageId` again sends nothing new and answers with 200',
  schema: site.postMessageBody,
  status: 201,
  otherStatus: 200,
  answer: site.sendAnswer,
  token: 'required',
  apiKey: 'messages',
  guard: userOrSite('messages'),
  limit: 'message',
  maxBodyBytes: LARGE_BODY_BYTES,
  ownLimitOnly: true,
  errors: ['CONVERSATION_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
  async run(context, { id, text, messageId, userId, type, replyTo, metadata }) {
    const sent = await context.core.send(
      { ...memberFor(context, userId), sessionId: null },
      {
        conversationId: id,
        content: text,
        type: type ?? 'text',
        clientId: messageId ?? null,
        replyTo: replyTo ?? null,
        metadata: metadata ?? null,
      },
    )
    if (sent.duplicate) context.answerOtherwise()
    return ackView(sent)
  },
})

const mark = {
  tag: 'Messages',
  errorTable: 'site',
  method: 'POST',
  schema: site.markBody,
  status: 204,
  answer: null,
  token: 'required',
  guard: user,
  ownLimitOnly: true,
  errors: ['CONVERSATION_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
} as const

export const markRead = restHandler({
  ...mark,
  name: 'markRead',
  url: '/api/conversations/:id/read',
  summary: 'The caller has read everything up to and including this message',
  limit: 'read',
  async run(context, { id, messageId }) {
    user(context)
    await context.core.markRead(context.identity, { conversationId: id, messageId })
    return undefined
  },
})

export const markDelivered = restHandler({
  ...mark,
  name: 'markDelivered',
  url: '/api/conversations/:id/delivered',
  summary: 'Everything up to and including this message has reached the caller',
  limit: 'delivered',
  async run(context, { id, messageId }) {
    user(context)
    await context.core.markDelivered(context.identity, { conversationId: id, messageId })
    return undefined
  },
})
