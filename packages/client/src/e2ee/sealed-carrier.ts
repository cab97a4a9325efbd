import type { Answer, ClientData, ClientEvent, Message, ServerData } from '@parley/protocol/messenger'
import type { Carrier } from '../carrier.ts'
import { ParleyError } from '../parley-error.ts'
import type { Encryption, ReceivedMessage } from '../types.ts'
import { createMessageCipher, isSealed, kindOf, type MessageCipher, type MessagePlace } from './message-cipher.ts'
import { importRoomKey } from './room-key.ts'

export interface SealedCarrierOptions {
  readonly carrier: Carrier
  /** The room's key; `null`: we have none. */
  readonly key: string | null
  /** Takes an event whose messages are opened, in the order of their coming. */
  readonly deliver: (event: string, data: unknown) => void
}

/** Between one chat and what carries it: inside stands plain text, outside what was sealed. */
export interface SealedCarrier {
  readonly carrier: Carrier
  readonly encryption: Encryption
  received(event: string, data: unknown): void
}

type JoinAnswer = Extract<Answer<'chat:join'>, { readonly recovered: boolean }>

/** Seals what goes out and opens what comes in. Changes and delays nothing in a chat without encryption. */
export function createSealedCarrier({ carrier, key, deliver }: SealedCarrierOptions): SealedCarrier {
  /** What the server says; with a key it has no say: nothing leaves in plain text. */
  let isEncrypted: boolean | null = key === null ? null : true
  let hasOpened = false
  let hasFailed = false
  /** Under which id each client id of a person came first: content that comes again under another is a copy. */
  const seen = new Map<string, string>()
  let settleCipher: ((cipher: MessageCipher) => void) | null = null
  const cipher = new Promise<MessageCipher>((resolve) => {
    settleCipher = resolve
  })
  let queue: Promise<void> = Promise.resolve()

  function learn({ id, encrypted }: { readonly id: string; readonly encrypted: boolean }): void {
    if (key === null) isEncrypted = encrypted
    else settleCipher?.(createMessageCipher(importRoomKey(key), id))
    // What we seal counts on from here; another one would open no more.
    settleCipher = null
  }

  const isCopy = ({ senderId, tempId, id }: Message): boolean => {
    const name = `${tempId} ${senderId}`
    const first = seen.get(name)
    if (first === undefined) seen.set(name, id)
    return first !== undefined && first !== id
  }

  async function open(message: Message): Promise<ReceivedMessage> {
    if (message.deletedAt !== undefined) return message
    const opener = await cipher
    const content = message.encryptedContent
    const kind = kindOf(content)
    const text = kind === null ? null : await opener.open(content, placeOf(message, kind))
    if (text === null || (kind === 'new' && isCopy(message))) {
      // What was never sealed says nothing about our key.
      if (isSealed(content)) hasFailed = true
      return { ...message, encryptedContent: '', unreadable: 'damaged' }
    }
    if (!opener.isOwn(content)) hasOpened = true
    return { ...message, encryptedContent: text }
  }

  /** Without a key. */
  function mark(message: Message): ReceivedMessage {
    if (message.deletedAt !== undefined || !(isEncrypted ?? isSealed(message.encryptedContent))) return message
    return { ...message, encryptedContent: '', unreadable: 'missing-key' }
  }

  const opened = (messages: readonly Message[]): Promise<ReceivedMessage[]> =>
    Promise.all(messages.map((message) => (key === null ? mark(message) : open(message))))

  const isMessage = (event: string): boolean => event === 'message:new' || event === 'message:updated'

  async function openedAnswer<E extends ClientEvent>(event: E, answer: Answer<E>): Promise<Answer<E>> {
    if (event === 'chat:join') {
      learn((answer as Answer<'chat:join'>).chat)
      if (!('changes' in answer) || isEncrypted !== true) return answer
      const { chat, changes, ...rest } = answer as JoinAnswer
      const messages = await opened(chat.messages ?? [])
      const missed = await Promise.all(
        changes.map(async (change) =>
          isMessage(change.event)
            ? { ...change, data: (await opened([change.data as Message]))[0] ?? change.data }
            : change,
        ),
      )
      return { ...rest, chat: { ...chat, messages }, changes: missed } as unknown as Answer<E>
    }
    if (isEncrypted !== true) return answer
    if ('message' in answer) return { ...answer, message: (await opened([answer.message as Message]))[0] } as Answer<E>
    if ('messages' in answer) return { ...answer, messages: await opened(answer.messages as Message[]) } as Answer<E>
    return answer
  }

  async function seal(content: string, place: Omit<MessagePlace, 'senderId'>): Promise<string> {
    if (key === null) {
      throw new ParleyError(
        'FORBIDDEN',
        'This room is end-to-end encrypted, and its key is missing. Open the whole link.',
      )
    }
    const senderId = carrier.userId
    if (senderId === null) throw new ParleyError('UNAVAILABLE', 'There is no connection to the server.')
    try {
      return await (await cipher).seal(content, { ...place, senderId })
    } catch (failure) {
      if (!(failure instanceof RangeError)) throw failure
      throw new ParleyError('PAYLOAD_TOO_LARGE', failure.message)
    }
  }

  /** What may leave. */
  async function sealedData<E extends ClientEvent>(event: E, data: ClientData<E>): Promise<ClientData<E>> {
    if (event === 'message:new') {
      const message = data as ClientData<'message:new'>
      const place = { ...message, messageType: message.messageType ?? 'text', senderId: '', id: '' }
      return { ...data, encryptedContent: await seal(message.encryptedContent, placeOf(place, 'new')) }
    }
    const { messageId, encryptedContent } = data as ClientData<'message:edit'>
    const place = placeOf({ id: messageId, senderId: '', messageType: 'text' }, 'edit')
    return { ...data, encryptedContent: await seal(encryptedContent, place) }
  }

  function request<E extends ClientEvent>(event: E, data: ClientData<E>): Promise<Answer<E>> {
    // In this very turn: joins of one turn travel together.
    if (event === 'chat:join') return carrier.request(event, data).then((answer) => openedAnswer(event, answer))
    if (isEncrypted !== true) return carrier.request(event, data)
    if (event !== 'message:new' && event !== 'message:edit') {
      return carrier.request(event, data).then((answer) => openedAnswer(event, answer))
    }
    return sealedData(event, data)
      .then((safe) => carrier.request(event, safe))
      .then((answer) => openedAnswer(event, answer))
  }

  return {
    carrier: {
      request,
      noteActivity: carrier.noteActivity,
      reauthenticate: carrier.reauthenticate,
      onLine: carrier.onLine,
      onEvent: carrier.onEvent,
      get isUp() {
        return carrier.isUp
      },
      get userId() {
        return carrier.userId
      },
      get clockOffsetMs() {
        return carrier.clockOffsetMs
      },
    },
    get encryption() {
      if (key === null) return isEncrypted === true ? 'missing-key' : 'none'
      return hasFailed && !hasOpened ? 'wrong-key' : 'on'
    },
    received(event, data) {
      if (key === null) {
        deliver(event, isMessage(event) ? mark(data as ServerData<'message:new'>) : data)
        return
      }
      const ready = isMessage(event) ? opened([data as Message]).then(([message]) => message) : Promise.resolve(data)
      const before = queue
      queue = (async () => {
        // Whatever a listener threw, the next event is told.
        await before.catch(() => undefined)
        deliver(event, await ready)
      })()
    },
  }
}

/** An edit is bound to its message, a new message to all that it came with. */
function placeOf(
  message: Pick<Message, 'id' | 'senderId' | 'messageType'> & Partial<Pick<Message, 'tempId' | 'replyToId'>>,
  kind: MessagePlace['kind'],
): MessagePlace {
  const { senderId, id, tempId = '', replyToId, messageType } = message
  if (kind === 'edit') return { senderId, kind, reference: id, messageType: 'text' }
  return { senderId, kind, reference: tempId, messageType, ...(replyToId !== undefined && { replyToId }) }
}
