import { LayoutGrid, Maximize, MessageSquare, MessageSquareOff, Minimize, PinOff, SquareUserRound } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useVoiceText } from '../../i18n/voice-words.ts'
import type { CallTile } from '../../state/call-tiles.ts'
import { useRoom } from '../room/room-context.tsx'
import { PictureInPicture } from './picture-in-picture.tsx'
import { Tool } from './stage-tool.tsx'
import { useCallUi } from './use-voice.ts'

/** How the pictures are shown. `main` is the one that goes into a window of its own. */
export function StageToolbar({ main }: { readonly main: CallTile | null }) {
  const say = useVoiceText()
  const { call } = useRoom().room
  const { isChatShown, layout, pinnedKey } = useCallUi((ui) => ui)
  const { isFullscreen, toggleFullscreen } = useFullscreen()
  return (
    <div role="toolbar" aria-label={say('stageTools')} className="flex shrink-0">
      {pinnedKey !== null && (
        <Tool
          label={say('unpin')}
          icon={<PinOff className="size-4.5" />}
          onClick={() => call.setState({ pinnedKey: null })}
        />
      )}
      <Tool
        label={say(layout === 'grid' ? 'layoutSpeaker' : 'layoutGrid')}
        icon={layout === 'grid' ? <SquareUserRound className="size-4.5" /> : <LayoutGrid className="size-4.5" />}
        onClick={() => call.setState({ layout: layout === 'grid' ? 'speaker' : 'grid' })}
      />
      <PictureInPicture tile={main} />
      {document.fullscreenEnabled && (
        <Tool
          label={say(isFullscreen ? 'fullscreenOff' : 'fullscreenOn')}
          icon={isFullscreen ? <Minimize className="size-4.5" /> : <Maximize className="size-4.5" />}
          onClick={toggleFullscreen}
        />
      )}
      <Tool
        label={say(isChatShown ? 'hideChat' : 'showChat')}
        icon={isChatShown ? <MessageSquareOff className="size-4.5" /> : <MessageSquare className="size-4.5" />}
        onClick={() => call.setState({ isChatShown: !isChatShown })}
      />
    </div>
  )
}

/** The whole page is what fills the screen: menus, dialogs and the dock stay at hand. */
function useFullscreen() {
  const { call, ui } = useRoom().room
  const [isFullscreen, setIsFullscreen] = useState(document.fullscreenElement !== null)
  useEffect(() => {
    const look = () => setIsFullscreen(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', look)
    return () => document.removeEventListener('fullscreenchange', look)
  }, [])
  const toggleFullscreen = () => {
    if (isFullscreen) return void document.exitFullscreen().catch(() => undefined)
    document.documentElement
      .requestFullscreen()
      .then(() => {
        call.setState({ isChatShown: false })
        ui.setState({ isPeoplePanelOpen: false })
      })
      .catch(() => undefined)
  }
  return { isFullscreen, toggleFullscreen }
}
