import { describe, expect, it } from 'vitest'
import type { Change } from './change.ts'
import { checkHistories, type Evidence } from './check-histories.ts'
import type { Entry, History, StoredMessage, View } from './history.ts'

const conversationId = 'tea'
const epoch = 'first'

const said = (rev: number, userId = 'ann', text = `text ${rev}`): Change => ({
  rev,
  kind: 'said',
  messageId: `m${rev}`,
  userId,
  text,
  clientId: `${userId}-${rev}`,
})
const about = (rev: number, kind: Change['kind'], messageId: string | null, userId: string | null = null): Change => ({
  rev,
  kind,
  messageId,
  userId,
  text: kind === 'edited' ? `edited at ${rev}` : null,
  clientId: null,
})
const told = (change: Change): Entry => ({ what: 'told', conversationId, at: 0, change })
const entered = (rev: number, since: number | null = null, missed: readonly Change[] | null = []): Entry => ({
  what: 'entered',
  conversationId,
  at: 0,
  epoch,
  rev,
  since: since === null ? null : { epoch, rev: since },
  recovered: since !== null && missed !== null,
  missed: missed ?? [],
})
const connected: Entry = { what: 'connected', at: 0 }
const cutOff: Entry = { what: 'cut off', at: 0 }
const sent = (seq: number): Entry => ({ what: 'sent', conversationId, at: 0, clientId: `ann-${seq}` })
const acked = (seq: number, change: Partial<Extract<Entry, { what: 'acked' }>> = {}): Entry => ({
  what: 'acked',
  conversationId,
  at: 0,
  clientId: `ann-${seq}`,
  messageId: `m${seq}`,
  seq,
  duplicate: false,
  ...change,
})
const left = (seat: boolean): Entry => ({ what: 'left', conversationId, at: 0, seat })
const stored = (seq: number, change: Partial<StoredMessage> = {}): StoredMessage => ({
  id: `m${seq}`,
  seq,
  text: `text ${seq}`,
  deleted: false,
  userId: 'ann',
  clientId: `ann-${seq}`,
  ...change,
})
const history = (userId: string, ...entries: Entry[]): History => ({ client: userId, userId, way: 'test', entries })

/** Ann says 1, 2 and 3 and edits 1; Bob is cut off before 3; Cleo leaves before it. All is well. */
const ANN = [
  connected,
  entered(0),
  sent(1),
  acked(1),
  sent(2),
  acked(2),
  sent(3),
  acked(3),
  told(about(4, 'edited', 'm1')),
]
const BOB = [connected, entered(0), told(said(1)), told(said(2)), cutOff, connected]
const BOB_BACK = [entered(3, 2, [said(3)]), told(about(4, 'edited', 'm1'))]
const CLEO = [connected, entered(0), told(said(1)), told(said(2)), left(true)]
const MESSAGES = [stored(1, { text: 'edited at 4' }), stored(2), stored(3)]

function evidence(change: {
  ann?: Entry[]
  bob?: Entry[]
  cleo?: Entry[]
  messages?: StoredMessage[]
  rev?: number
  views?: View[]
}): Evidence {
  const { ann = ANN, bob = [...BOB, ...BOB_BACK], cleo = CLEO, messages = MESSAGES, rev = 4, views = [] } = change
  return {
    histories: [history('ann', ...ann), history('bob', ...bob), history('cleo', ...cleo)],
    truths: [{ conversationId, epoch, rev, messages }],
    views,
  }
}
const rules = (change: Parameters<typeof evidence>[0]) =>
  checkHistories(evidence(change)).map(({ rule, client, rev }) => `${rule} ${client ?? 'stored'} ${rev}`)

describe('a history in which all is well', () => {
  it.each<[string, Parameters<typeof evidence>[0]]>([
    ['as it is', {}],
    [
      'with an answer that was cut off and came the second time',
      {
        ann: [
          ...ANN.slice(0, 6),
          sent(3),
          cutOff,
          connected,
          entered(3, 2, [said(3)]),
          sent(3),
          acked(3, { duplicate: true }),
          told(about(4, 'edited', 'm1')),
        ],
      },
    ],
    [
      'with an answer that came after what was said later',
      {
        ann: [
          connected,
          entered(0),
          sent(1),
          sent(2),
          acked(2),
          acked(1),
          sent(3),
          told(about(4, 'edited', 'm1')),
          acked(3),
        ],
      },
    ],
    [
      'with what was said and deleted while somebody was away',
      {
        ann: [...ANN, told(about(5, 'deleted', 'm3'))],
        bob: [...BOB, entered(5, 2, [said(3, 'ann', ''), about(4, 'edited', 'm1'), about(5, 'deleted', 'm3')])],
        messages: [stored(1, { text: 'edited at 4' }), stored(2), stored(3, { deleted: true, text: '' })],
        rev: 5,
      },
    ],
    [
      'with somebody who left, and came back to something new',
      {
        ann: [...ANN.slice(0, 6), told(about(3, 'went', null, 'cleo')), told(about(4, 'came', null, 'cleo'))],
        bob: [...BOB, entered(4, 2, [about(3, 'went', null, 'cleo'), about(4, 'came', null, 'cleo')])],
        cleo: [...CLEO, entered(4)],
        messages: [stored(1), stored(2)],
      },
    ],
  ])('%s', (_, change) => {
    expect(rules(change)).toEqual([])
  })
})

describe('a broken history is found out', () => {
  it.each<[string, Parameters<typeof evidence>[0], string]>([
    ['acknowledged and not stored', { messages: [stored(1, { text: 'edited at 4' }), stored(2)] }, 'lost ann 3'],
    [
      'acknowledged, and another is stored there',
      { messages: [MESSAGES[0], MESSAGES[1], stored(3, { id: 'x' })] as StoredMessage[] },
      'lost ann 3',
    ],
    ['told and not stored', { ann: ANN.slice(0, 6), messages: [stored(1), stored(2)] }, 'lost stored 3'],
    ['told, and the conversation ends before', { rev: 3 }, 'lost stored 4'],
    ['stored twice', { messages: [...MESSAGES, stored(4, { clientId: 'ann-3' })] }, 'doubled stored 4'],
    ['two at one place', { messages: [...MESSAGES, stored(3, { id: 'x', clientId: 'y' })] }, 'doubled stored 3'],
    [
      'stored out of order',
      { messages: [stored(2), stored(1, { text: 'edited at 4' }), stored(3)] },
      'reordered stored 1',
    ],
    ['told twice', { bob: [...BOB, ...BOB_BACK, told(about(4, 'edited', 'm1'))] }, 'doubled bob 4'],
    [
      'told again after it was recovered',
      { bob: [...BOB, entered(3, 2, [said(3)]), told(said(3)), told(about(4, 'edited', 'm1'))] },
      'doubled bob 3',
    ],
    [
      'told its own, which was answered',
      { ann: [...ANN.slice(0, 4), told(said(1)), ...ANN.slice(4)] },
      'doubled ann 1',
    ],
    [
      'told in another order',
      { bob: [connected, entered(0), told(said(2)), told(said(1)), told(said(3)), told(about(4, 'edited', 'm1'))] },
      'reordered bob 1',
    ],
    [
      'told another text than others',
      { cleo: [connected, entered(0), told(said(1)), told(said(2, 'ann', 'something else')), left(true)] },
      'disagreement cleo 2',
    ],
    [
      'told another message than others',
      { cleo: [connected, entered(0), told(said(1)), told({ ...said(2), messageId: 'x' }), left(true)] },
      'disagreement cleo 2',
    ],
    [
      'told another change than others',
      { bob: [...BOB, entered(3, 2, [said(3)]), told(about(4, 'deleted', 'm1'))] },
      'disagreement bob 4',
    ],
    ['never told the last', { bob: [...BOB, entered(3, 2, [said(3)])] }, 'hole bob 4'],
    ['recovered in part', { bob: [...BOB, entered(4, 2, [about(4, 'edited', 'm1')])] }, 'hole bob 3'],
    [
      'passed over live, and told later by recovery',
      {
        bob: [
          connected,
          entered(0),
          told(said(1)),
          told(said(3)),
          cutOff,
          connected,
          entered(4, 1, [said(2), said(3), about(4, 'edited', 'm1')]),
        ],
      },
      'hole bob 2',
    ],
    ['passed over before it left', { cleo: [connected, entered(0), told(said(2)), left(true)] }, 'hole cleo 1'],
    ['told after it left', { cleo: [...CLEO, told(said(3))] }, 'leaked cleo 3'],
    ['told to one who never entered', { cleo: [connected, told(said(1))] }, 'leaked cleo 1'],
    [
      'told to one who was removed',
      {
        ann: [...ANN, told(about(5, 'went', null, 'bob')), told(about(6, 'settings', null))],
        bob: [...BOB, ...BOB_BACK, told(about(5, 'went', null, 'bob')), told(about(6, 'settings', null))],
        rev: 6,
      },
      'leaked bob 6',
    ],
    ['begun again instead of recovered', { bob: [...BOB, entered(4, 2, null)] }, 'not recovered bob 2'],
    [
      'another life of the conversation',
      { bob: [...BOB, ...BOB_BACK, { ...entered(4), epoch: 'second' } as Entry] },
      'lost bob 4',
    ],
    ['stored as it was before the edit', { messages: [stored(1), stored(2), stored(3)] }, 'other state stored 1'],
    [
      'stored though it was deleted',
      {
        ann: [...ANN, told(about(5, 'deleted', 'm3'))],
        bob: [...BOB, ...BOB_BACK, told(about(5, 'deleted', 'm3'))],
        rev: 5,
      },
      'other state stored 3',
    ],
  ])('%s', (_, change, expected) => {
    expect(rules(change)).toContain(expected)
  })
})

describe('what a client shows of its own account', () => {
  const view = (change: Partial<View> = {}): View => ({
    client: 'dan',
    userId: 'dan',
    conversationId,
    messages: MESSAGES,
    heard: ['m1', 'm2', 'm3'],
    sent: [],
    asked: [],
    ...change,
  })
  it.each<[string, View[], string[]]>([
    ['all', [view()], []],
    ['all from where it began', [view({ messages: MESSAGES.slice(1) })], []],
    ['one too few', [view({ messages: MESSAGES.slice(0, 2) })], ['other state dan 3']],
    ['one too few between', [view({ messages: [MESSAGES[0], MESSAGES[2]] as StoredMessage[] })], ['other state dan 2']],
    ['one twice', [view({ messages: [...MESSAGES, stored(3)] })], ['other state dan null']],
    ['an old text', [view({ messages: [stored(1), stored(2), stored(3)] })], ['other state dan 1']],
    ['heard of twice', [view({ heard: ['m1', 'm2', 'm2'] })], ['doubled dan null']],
    ['sent, and not stored', [view({ sent: ['dan-1'], asked: ['dan-1'] })], ['lost dan null']],
    ['never sent', [view({ asked: ['dan-1'] })], ['lost dan null']],
  ])('%s', (_, views, expected) => {
    expect(rules({ views })).toEqual(expected)
  })
})
