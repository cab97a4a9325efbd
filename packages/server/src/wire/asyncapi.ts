import { CLOSE_CODES, messenger, rooms, site, VERSIONS } from '@parley/protocol'
import { z } from 'zod'

type JsonSchema = Readonly<Record<string, unknown>>
interface Reference {
  readonly $ref: string
}

export interface AsyncApiMessage {
  readonly name: string
  readonly title: string
  readonly payload: JsonSchema
}

interface AsyncApiChannel {
  readonly address: string
  readonly title: string
  readonly description: string
  readonly messages: Readonly<Record<string, Reference>>
  readonly bindings?: Readonly<Record<string, unknown>>
}

export interface AsyncApiOperation {
  /** What the server does with the messages. */
  readonly action: 'send' | 'receive'
  readonly channel: Reference
  readonly title: string
  readonly messages: readonly Reference[]
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] }
}

/** An AsyncAPI 3.0 document, as far as this server fills it in. */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly defaultContentType: 'application/json'
  readonly channels: Readonly<Record<string, AsyncApiChannel>>
  readonly operations: Readonly<Record<string, AsyncApiOperation>>
  readonly components: {
    readonly messages: Readonly<Record<string, AsyncApiMessage>>
    readonly schemas: Readonly<Record<string, JsonSchema>>
  }
}

const ROOMS = {
  address: '/ws',
  title: 'The rooms wire: raw WebSocket',
  description:
    'One JSON object per text frame. The token comes as the subprotocol pair `parley.v1, bearer.<token>`, as ' +
    '`Authorization: Bearer`, or as `?token=`. A frame that carries `ref` is answered with the same `ref`. ' +
    `Close codes: ${Object.entries(CLOSE_CODES)
      .map(([name, code]) => `${code} ${name}`)
      .join(', ')}.`,
}

const MESSENGER = {
  address: '/socket.io/',
  title: 'The messenger wire: Socket.IO',
  description:
    'Socket.IO 4, main namespace, WebSocket or long polling. The token comes as `auth.token`, `?token=` or ' +
    '`Authorization: Bearer`. The payload is the first argument of the event of the same name. Every client event ' +
    'takes an acknowledgement callback: `{ ok: true, ...answer }` or `{ ok: false, error }`.',
}

const SITE = {
  address: '/socket.io/',
  title: 'The site wire: Socket.IO, for a site that has users',
  description:
    'Socket.IO 4, main namespace, WebSocket or long polling. A connection without a token in the handshake speaks ' +
    'this wire, and sends `authenticate` within 10 s; that event also turns a connection that came with a token to ' +
    'this wire. The payload is the first argument of the event of the same name. Every client event takes an ' +
    'acknowledgement callback: `{ ok: true, ...answer }` or `{ ok: false, error }`.',
}

type Channel = 'rooms' | 'site' | 'messenger'

/** A wire whose client events are each answered in a callback. */
interface AnsweringWire {
  readonly clientMessages: Readonly<Record<string, z.ZodType>>
  readonly serverMessages: Readonly<Record<string, z.ZodType>>
  readonly answers: Readonly<Record<string, z.ZodType>>
}

/** All socket wires, described from the schemas that check their messages. */
export function createAsyncApiDocument(): AsyncApiDocument {
  const schemas: Record<string, JsonSchema> = {}
  const messages: Record<string, AsyncApiMessage> = {}
  const operations: Record<string, AsyncApiOperation> = {}
  const byChannel: Record<string, Record<string, Reference>> = { rooms: {}, site: {}, messenger: {} }

  function message(channel: Channel, kind: string, name: string, schema: z.ZodType): Reference {
    const key = keyOf(channel, kind, name)
    const io = kind === 'client' ? 'input' : 'output'
    messages[key] = { name, title: `${name} (${kind})`, payload: jsonSchemaOf(key, schema, io, schemas) }
    const reference = { $ref: `#/channels/${channel}/messages/${key}` }
    byChannel[channel] = { ...byChannel[channel], [key]: { $ref: `#/components/messages/${key}` } }
    return reference
  }

  for (const [type, schema] of Object.entries(rooms.clientMessages)) {
    operations[keyOf('rooms', 'receive', type)] = {
      action: 'receive',
      channel: { $ref: '#/channels/rooms' },
      title: type,
      messages: [message('rooms', 'client', type, schema)],
    }
  }
  for (const [type, schema] of Object.entries(rooms.serverMessages)) {
    operations[keyOf('rooms', 'send', type)] = sent('rooms', type, message('rooms', 'server', type, schema))
  }
  for (const [event, schema] of Object.entries(rooms.roomEvents)) {
    const name = `room_event ${event}`
    operations[keyOf('rooms', 'send', name)] = sent('rooms', name, message('rooms', 'server', name, schema))
  }
  function describeAnswering(channel: Channel, { clientMessages, serverMessages, answers }: AnsweringWire): void {
    for (const [event, schema] of Object.entries(clientMessages)) {
      operations[keyOf(channel, 'receive', event)] = {
        action: 'receive',
        channel: { $ref: `#/channels/${channel}` },
        title: event,
        messages: [message(channel, 'client', event, schema)],
        reply: {
          channel: { $ref: `#/channels/${channel}` },
          messages: [message(channel, 'answer', event, answers[event] ?? z.object({}))],
        },
      }
    }
    for (const [event, schema] of Object.entries(serverMessages)) {
      operations[keyOf(channel, 'send', event)] = sent(channel, event, message(channel, 'server', event, schema))
    }
  }
  describeAnswering('site', site)
  describeAnswering('messenger', messenger)

  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Parley sockets',
      version: `${VERSIONS.rooms}.${VERSIONS.messenger}.${VERSIONS.site}`,
      description:
        `What goes over Parley's sockets. Version ${VERSIONS.rooms} of the rooms wire, ${VERSIONS.messenger} of the ` +
        `messenger wire, ${VERSIONS.site} of the site wire.`,
    },
    defaultContentType: 'application/json',
    channels: {
      rooms: { ...ROOMS, messages: byChannel.rooms ?? {}, bindings: { ws: { method: 'GET' } } },
      site: { ...SITE, messages: byChannel.site ?? {} },
      messenger: { ...MESSENGER, messages: byChannel.messenger ?? {} },
    },
    operations,
    components: { messages, schemas },
  }
}

function sent(channel: Channel, title: string, message: Reference): AsyncApiOperation {
  return { action: 'send', channel: { $ref: `#/channels/${channel}` }, title, messages: [message] }
}

/** Keys of an AsyncAPI document are letters, digits, `.`, `-` and `_`. */
function keyOf(...parts: readonly string[]): string {
  return parts.map((part) => part.replace(/[^\w-]+/g, '-')).join('.')
}

/** The JSON Schema of `schema`. Its own definitions move to `hoisted`, where references from anywhere find them. */
function jsonSchemaOf(
  key: string,
  schema: z.ZodType,
  io: 'input' | 'output',
  hoisted: Record<string, JsonSchema>,
): JsonSchema {
  const { $schema: _, definitions, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io })
  const own = (name: string): string => `${key}.${name}`
  const rewritten = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rewritten)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) =>
        name === '$ref' && typeof inner === 'string'
          ? [name, inner.replace(/^#\/definitions\/(.+)$/, (_match, id: string) => `#/components/schemas/${own(id)}`)]
          : [name, rewritten(inner)],
      ),
    )
  }
  for (const [name, definition] of Object.entries(definitions ?? {}))
    hoisted[own(name)] = rewritten(definition) as JsonSchema
  return rewritten(rest) as JsonSchema
}
