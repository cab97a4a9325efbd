import type { site } from '@parley/protocol'
import { createRestClient } from '../clients/rest-client.ts'

/** Groups of these people, made by the one whose token it is. Resolves with their ids. */
export async function createGroups(
  url: string,
  token: string,
  userIds: readonly string[],
  count: number,
  name = 'group',
): Promise<readonly string[]> {
  const rest = createRestClient(url)
  const ids: string[] = []
  for (let number = 1; number <= count; number += 1) {
    const wish = { id: `${name}-${number}`, name: `Group ${number}`, members: userIds.map((userId) => ({ userId })) }
    const { status, body } = await rest.call<site.ConversationAnswer>('POST', '/api/conversations', wish, token)
    if (status !== 201) throw new Error(`no group: ${status} ${JSON.stringify(body)}`)
    ids.push(body.conversation.id)
  }
  return ids
}

/** The direct conversation of the one whose token it is and another. Resolves with its id. */
export async function openDirect(url: string, token: string, userId: string): Promise<string> {
  const wish = { kind: 'direct', members: [{ userId }] }
  const answer = await createRestClient(url).call<site.ConversationAnswer>('POST', '/api/conversations', wish, token)
  if (answer.status >= 300) throw new Error(`no direct chat: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body.conversation.id
}

/** All messages of a conversation, in the order of their places. */
export async function storedMessages(url: string, token: string, id: string): Promise<readonly site.Message[]> {
  const rest = createRestClient(url)
  const messages: site.Message[] = []
  for (let hasMore = true; hasMore; ) {
    const path = `/api/conversations/${id}/messages?limit=100&after=${messages.at(-1)?.seq ?? 0}`
    const { status, body } = await rest.call<site.MessagesAnswer>('GET', path, undefined, token)
    if (status !== 200) throw new Error(`no history: ${status} ${JSON.stringify(body)}`)
    messages.push(...body.messages)
    hasMore = body.hasMore
  }
  return messages
}
