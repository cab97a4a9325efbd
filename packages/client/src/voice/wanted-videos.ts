import type { VideoView } from './voice-types.ts'
import type { WantedVideo } from './voice-wire.ts'

/** Heights of a camera's three sizes, in pixels, with some tolerance: a tile slightly larger than a layer takes it still. */
const LOW_UP_TO = 200
const MEDIUM_UP_TO = 400

/** What to ask the media server for. While nobody looks at the page, only what is seen without it; of a video shown twice, the larger. */
export function wantedVideos(
  views: readonly VideoView[],
  page: { readonly isHidden: boolean /** Device pixels per CSS pixel. */; readonly pixelRatio: number },
): WantedVideo[] {
  const largest = new Map<string, VideoView>()
  for (const view of views) {
    if (page.isHidden && view.staysWhenHidden !== true) continue
    if (view.width <= 0 || view.height <= 0) continue
    const key = `${view.source} ${view.userId}`
    if (view.height > (largest.get(key)?.height ?? 0)) largest.set(key, view)
  }
  return [...largest.values()].map(({ userId, source, height }) => ({
    userId,
    source,
    layer: source === 'screen' ? 'high' : layerFor(height * page.pixelRatio),
  }))
}

const layerFor = (height: number): WantedVideo['layer'] =>
  height <= LOW_UP_TO ? 'low' : height <= MEDIUM_UP_TO ? 'medium' : 'high'
