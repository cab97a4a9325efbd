import { DomainError } from '@parley/core'
import { site } from '@parley/protocol'
import { ackView } from '../../wire/site/views.ts'
import { user } from './guards.ts'
import { pollEvents } from './poll-events.ts'
import { LARGE_BODY_BYTES, restHandler } from './rest-handler.ts'

export const poll = restHandler({
  name: 'poll',
  tag: 'Without a socket',
  errorTable: 'site',
  method: 'GET',
  url: '/api/messenger/poll',
  summary:
    'Everything new for the caller since `cursor`, held up to `wait` seconds when there is nothing; without a cursor, the place to go on from',
  schema: site.pollQuery,
  status: 200,
  answer: site.pollAnswer,
  token: 'required',
  guard: user,
  limit: 'poll',
  ownLimitOnly: true,
  errors: [],
  async run(context, { cursor, wait }) {
    user(context)
    const { core, polls, identity, gone, now, authenticator } = context
    const waitMs = Math.max(0, Math.min(wait * 1000, identity.expiresAt - now()))
    const news = await polls.run(identity, gone, (signal) =>
      core.poll(identity, { cursor: cursor ?? null, waitMs, signal }),
    )
    if (authenticator.isRevoked(identity)) throw new DomainError('UNAUTHENTICATED', 'This token was taken back.')
    const events = await pollEvents(context, news.items)
    return { events, cursor: news.cursor, hasMore: news.hasMore, userId: identity.userId, timestamp: now() }
  },
})

export const send = restHandler({
  name: 'send',
  tag: 'Without a socket',
  errorTable: 'site',
  method: 'POST',
  url: '/api/messenger/send',
  summary: 'Send a message; the same `messageId` again sends nothing new and is answered as `duplicate`',
  schema: site.sendBody,
  status: 200,
  answer: site.sendAnswer,
  token: 'required',
  guard: user,
  limit: 'message',
  maxBodyBytes: LARGE_BODY_BYTES,
  ownLimitOnly: true,
  errors: ['CONVERSATION_NOT_FOUND', 'MESSAGE_NOT_FOUND'],
  async run(context, { conversationId, text, messageId, type, replyTo, metadata }) {
    user(context)
    const sent = await context.core.send(
      { ...context.identity, sessionId: null },
      {
        conversationId,
        content: text,
        type: type ?? 'text',
        clientId: messageId,
        replyTo: replyTo ?? null,
        metadata: metadata ?? null,
      },
    )
    return ackView(sent)
  },
})
