import type { MemberView } from '@parley/core'
import { expect, it } from 'vitest'
import { MemberLists } from './member-lists.ts'
import { memberView } from './messenger/views.ts'
import { Topic } from './topic.ts'
import { TopicOrder } from './topic-order.ts'
import { writeObject } from './written-json.ts'

const topicOf = (id: string) =>
  new Topic(
    id,
    () =>
      new TopicOrder({
        conversationId: id,
        changes: async () => null,
        wait: () => undefined,
        tell: () => undefined,
        lost: () => undefined,
        report: () => undefined,
      }),
  )

const viewOf = (index: number): MemberView => ({
  member: {
    userId: `user-${index}`,
    name: `Name "${index}" é`,
    role: 'speaker',
    joinedAt: index,
    absentSince: null,
    hasEntered: true,
  },
  online: true,
  status: 'online',
  voice: { joined: false, muted: false, speaking: false },
})

const crowd = (size: number): MemberView[] => Array.from({ length: size }, (_, index) => viewOf(index))

const other: { readonly [K in string]: (view: MemberView) => MemberView } = {
  userId: (view) => ({ ...view, member: { ...view.member, userId: 'someone' } }),
  name: (view) => ({ ...view, member: { ...view.member, name: 'Somebody' } }),
  role: (view) => ({ ...view, member: { ...view.member, role: 'host' } }),
  joinedAt: (view) => ({ ...view, member: { ...view.member, joinedAt: 5000 } }),
  online: (view) => ({ ...view, online: false }),
  status: (view) => ({ ...view, status: 'away' }),
  voice: (view) => ({ ...view, voice: { joined: true, muted: false, speaking: false } }),
  muted: (view) => ({ ...view, voice: { ...view.voice, muted: true } }),
  speaking: (view) => ({ ...view, voice: { ...view.voice, speaking: true } }),
}

/** What a client reads, and what it would read had the list been written anew. */
const written = (lists: MemberLists<object>, topic: Topic, members: readonly MemberView[]) => [
  writeObject({ members: lists.view(topic, members) }),
  JSON.stringify({ members: members.map(memberView) }),
]

it('knows of everything that a member is shown with', () => {
  expect(Object.keys(other)).toEqual(
    expect.arrayContaining(Object.keys(memberView(viewOf(1))).concat('muted', 'speaking')),
  )
})

it.each(Object.keys(other))('shows another %s at once, in a large list', (field) => {
  const [lists, topic, members] = [new MemberLists(memberView), topicOf('room'), crowd(200)]
  lists.view(topic, members)
  const changed = members.map((view, index) => (index === 131 ? (other[field]?.(view) ?? view) : view))
  const [text, anew] = written(lists, topic, changed)
  expect(text).toBe(anew)
  expect(text).not.toBe(JSON.stringify({ members: members.map(memberView) }))
})

it.each([
  ['somebody more', crowd(201)],
  ['somebody less', crowd(200).toSpliced(17, 1)],
  ['so few that nothing is kept', crowd(5)],
  ['nobody', []],
])('shows %s', (_, members) => {
  const [lists, topic] = [new MemberLists(memberView), topicOf('room')]
  lists.view(topic, crowd(200))
  const [text, anew] = written(lists, topic, members)
  expect(text).toBe(anew)
})

it('does not make anew what has not changed', () => {
  const [lists, topic] = [new MemberLists(memberView), topicOf('room')]
  const before = lists.view(topic, crowd(200))
  const after = lists.view(topic, crowd(200).with(3, { ...viewOf(3), online: false }))
  expect(after.map((view, index) => view === before[index]).indexOf(false)).toBe(3)
  expect(after.filter((view, index) => view !== before[index])).toHaveLength(1)
})

it('keeps the lists of conversations apart', () => {
  const lists = new MemberLists(memberView)
  lists.view(topicOf('room'), crowd(200))
  const [text, anew] = written(lists, topicOf('other'), crowd(150).toReversed())
  expect(text).toBe(anew)
})
