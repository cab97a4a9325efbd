import { anyJson, ERROR_STATUS, type ErrorCode, rooms, site } from '@parley/protocol'
import { z } from 'zod'
import { ERROR_TITLES } from '../../wire/error-titles.ts'
import { PROBLEM_TYPE } from '../../wire/problem-document.ts'
import { COMMON_ERRORS, type RestHandler } from './rest-handler.ts'

/** Schemas that the reference names instead of repeating them. */
export const namedSchemas = z.registry<{ id?: string; description?: string }>()
for (const [id, schema] of Object.entries({
  Room: rooms.room,
  Participant: rooms.participant,
  Message: rooms.message,
  RoomPreview: rooms.roomPreview,
  Health: rooms.healthAnswer,
  Problem: rooms.problem,
  Conversation: site.conversationAnswer.shape.conversation,
  ConversationSummary: site.listAnswer.shape.conversations.element,
  Notification: site.notificationsAnswer.shape.notifications.element,
  ConversationMessage: site.messagesAnswer.shape.messages.element,
  Acknowledgement: site.sendAnswer,
  AnyJson: anyJson,
})) {
  namedSchemas.add(schema, { id })
}

const nothing = z.null().register(namedSchemas, { description: 'Done; there is nothing to answer' })

/** What the reference needs of a call. */
type DocumentedCall = Pick<
  RestHandler,
  'schema' | 'method' | 'url' | 'name' | 'summary' | 'status' | 'otherStatus' | 'answer' | 'errors'
> & { readonly tag: string }

/** What the generated reference says about a call; `security` is who may make it. */
export function schemaOf(handler: DocumentedCall, security: Record<string, string[]>[]) {
  const { shape } = handler.schema
  const inPath = Object.keys(shape).filter((key) => handler.url.includes(`:${key}`))
  const elsewhere = Object.keys(shape).filter((key) => !inPath.includes(key))
  const part = (keys: readonly string[]) =>
    z.object(Object.fromEntries(Object.entries(shape).filter(([key]) => keys.includes(key))))
  const isInQuery = handler.method === 'GET' || handler.method === 'DELETE'
  const given = elsewhere.length === 0 ? {} : { [isInQuery ? 'querystring' : 'body']: part(elsewhere) }
  const success = successOf(handler)
  return {
    operationId: handler.name,
    tags: [handler.tag],
    summary: handler.summary,
    security,
    ...(inPath.length === 0 ? {} : { params: part(inPath) }),
    ...given,
    response: {
      [handler.status]: success,
      ...(handler.otherStatus !== undefined && { [handler.otherStatus]: success }),
      ...problemResponses([...COMMON_ERRORS, ...handler.errors]),
    },
  }
}

function successOf({ answer }: DocumentedCall) {
  if (answer === null) return nothing
  return answer === 'file'
    ? { description: 'The file', content: { 'application/octet-stream': { schema: z.string() } } }
    : { description: 'Done', content: { 'application/json': { schema: answer } } }
}

/** Who may call it, and how they say so. */
export function securityOf({ token, apiKey }: RestHandler): Record<string, string[]>[] {
  const byToken = token === 'useless' ? [] : [{ bearer: [] }, { cookie: [] }]
  return [...(token === 'optional' ? [{}] : []), ...byToken, ...(apiKey === undefined ? [] : [{ apiKey: [] }])]
}

/** The problem documents that a call may answer, by status. */
function problemResponses(codes: readonly ErrorCode[]) {
  const byStatus = Map.groupBy(codes, (code) => ERROR_STATUS[code])
  return Object.fromEntries(
    [...byStatus].map(([status, sameStatus]) => [
      status,
      {
        description: sameStatus.map((code) => `\`${code}\`: ${ERROR_TITLES[code]}.`).join(' '),
        content: { [PROBLEM_TYPE]: { schema: rooms.problem } },
      },
    ]),
  )
}
