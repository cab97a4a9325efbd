import type { StreamSource } from '@parley/core'
import type { PluginData } from './janus-messages.ts'
import type { Published } from './subscribe-leg.ts'

/** What people on other nodes send into the room, as Janus tells of it. */
export interface RemoteFeeds {
  published(): readonly Published[]
  /** Takes what Janus says to a handle in the room, of feeds that are not this node's. Says whether anything changed. */
  take(data: PluginData): boolean
  clear(): void
}

const SOURCES = new Set<string>(['mic', 'camera', 'screen', 'screen-audio'] satisfies StreamSource[])
const isSource = (text: string | undefined): text is StreamSource => text !== undefined && SOURCES.has(text)

/** `isOwn`: of somebody on this node, of whom it knows more, and sooner. */
export function createRemoteFeeds(isOwn: (feed: string) => boolean): RemoteFeeds {
  const feeds = new Map<string, readonly Published[]>()

  function put(feed: string, streams: readonly Published[]): boolean {
    if (isOwn(feed) || JSON.stringify(feeds.get(feed) ?? []) === JSON.stringify(streams)) return false
    if (streams.length === 0) feeds.delete(feed)
    else feeds.set(feed, streams)
    return true
  }

  return {
    published: () => [...feeds.values()].flat(),
    take({ publishers = [], unpublished, leaving, kicked }) {
      const changes = publishers.map(({ id, display = '', streams = [] }) =>
        put(
          id,
          streams.flatMap(({ mid, description, disabled }) =>
            isSource(description) && disabled !== true ? [{ feed: id, mid, userId: display, source: description }] : [],
          ),
        ),
      )
      for (const gone of [unpublished, leaving, kicked]) if (gone !== undefined) changes.push(put(gone, []))
      return changes.includes(true)
    },
    clear: () => feeds.clear(),
  }
}
