import type { MemberView } from '@parley/core'
import type { Topic } from './topic.ts'
import { keepText } from './written-json.ts'

/** Nothing is kept of smaller lists: they are quickly written, and there are many of them. */
const MIN_MEMBERS = 100
/** Written together: what changes of one member costs so many. */
const BLOCK = 64

/** A list as it was read last. */
interface Kept<View> {
  readonly members: readonly MemberView[]
  readonly views: readonly View[]
  /** The text of each block of views, without brackets. */
  readonly blocks: readonly string[]
}

/**
 * The members of conversations as a wire shows them, with their JSON. In a large room each who comes gets a list that
 * differs from the one before in a member or two, and writing it is most of what their coming costs: of each topic
 * the last list is kept, and only the blocks in which something has changed are written anew.
 */
export class MemberLists<View extends object> {
  readonly #view: (member: MemberView) => View
  readonly #kept = new WeakMap<Topic, Kept<View>>()

  constructor(view: (member: MemberView) => View) {
    this.#view = view
  }

  view(topic: Topic, members: readonly MemberView[]): readonly View[] {
    if (members.length < MIN_MEMBERS) return members.map(this.#view)
    const before = this.#kept.get(topic)
    const views = members.map((member, index) => {
      const known = before?.members[index]
      return (known !== undefined && isSame(known, member) ? before?.views[index] : undefined) ?? this.#view(member)
    })
    const blocks: string[] = []
    for (let from = 0; from < views.length; from += BLOCK) {
      const isWritten = before !== undefined && isSameBlock(views, before.views, from)
      const written = isWritten ? before.blocks[blocks.length] : undefined
      blocks.push(written ?? JSON.stringify(views.slice(from, from + BLOCK)).slice(1, -1))
    }
    this.#kept.set(topic, { members, views, blocks })
    return keepText(views, `[${blocks.reduce(listed)}]`)
  }
}

/** Not by `join`: what the list becomes a part of is put together once, when it is written. */
const listed = (text: string, block: string): string => `${text},${block}`

/** Whether the same views stand in both from there to the end of the block, and no more in either. */
function isSameBlock(views: readonly object[], others: readonly object[], from: number): boolean {
  for (let index = from; index < from + BLOCK; index += 1) if (views[index] !== others[index]) return false
  return true
}

/** Whether both show the same. */
function isSame(a: MemberView, b: MemberView): boolean {
  return (
    (a.member === b.member || isSamePerson(a.member, b.member)) &&
    a.online === b.online &&
    a.status === b.status &&
    (a.voice === b.voice || isSameVoice(a.voice, b.voice))
  )
}

function isSamePerson(a: MemberView['member'], b: MemberView['member']): boolean {
  return a.userId === b.userId && a.name === b.name && a.role === b.role && a.joinedAt === b.joinedAt
}

function isSameVoice(a: MemberView['voice'], b: MemberView['voice']): boolean {
  return a.joined === b.joined && a.muted === b.muted && a.speaking === b.speaking
}
