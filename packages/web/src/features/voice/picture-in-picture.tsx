import { Mic, MicOff, PhoneOff, PictureInPicture2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { useVoiceText } from '../../i18n/voice-words.ts'
import type { CallTile as Tile } from '../../state/call-tiles.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { CallTile } from './call-tile.tsx'
import { Tool } from './stage-tool.tsx'
import { useCallActions } from './use-call-actions.ts'
import { useVoice } from './use-voice.ts'

/** A page's own small window, in browsers that have one. */
interface DocumentPictureInPicture {
  requestWindow(size: { readonly width: number; readonly height: number }): Promise<Window>
}
declare global {
  interface Window {
    readonly documentPictureInPicture?: DocumentPictureInPicture
  }
}

/** The main picture over other windows, with the microphone at hand; in browsers without such windows the video alone. */
export function PictureInPicture({ tile }: { readonly tile: Tile | null }) {
  const say = useVoiceText()
  const [pip, setPip] = useState<Window | null>(null)
  useEffect(() => () => pip?.close(), [pip])
  const canOpen = window.documentPictureInPicture !== undefined || document.pictureInPictureEnabled
  if (tile === null || !canOpen) return null

  const open = async () => {
    if (pip !== null) return pip.close()
    if (window.documentPictureInPicture === undefined) return openVideo(tile)
    const opened = await window.documentPictureInPicture.requestWindow({ width: 400, height: 300 })
    dressLike(document, opened.document)
    opened.addEventListener('pagehide', () => setPip(null), { once: true })
    setPip(opened)
  }
  return (
    <>
      <Tool
        label={say(pip === null ? 'pipOn' : 'pipOff')}
        icon={<PictureInPicture2 className="size-4.5" />}
        onClick={() => void open().catch(() => undefined)}
      />
      {pip !== null && createPortal(<SmallCall tile={tile} onLeave={() => pip.close()} />, pip.document.body)}
    </>
  )
}

function SmallCall({ tile, onLeave }: { readonly tile: Tile; readonly onLeave: () => void }) {
  const say = useVoiceText()
  const { toggleMuted, leave } = useCallActions()
  const { muted, hardMuted, listenOnly } = useVoice(({ self }) => self)
  return (
    <main className="fixed inset-0 flex flex-col gap-1 bg-surface-1 p-1">
      <div className="min-h-0 flex-1">
        <CallTile tile={tile} staysWhenHidden />
      </div>
      <div className="flex justify-center gap-2">
        {!listenOnly && (
          <IconButton
            label={say(muted ? 'unmute' : 'mute')}
            variant="solid"
            disabled={hardMuted}
            icon={muted ? <MicOff className="size-5 text-danger" /> : <Mic className="size-5" />}
            onClick={toggleMuted}
          />
        )}
        <IconButton
          label={say('leaveVoice')}
          variant="danger"
          icon={<PhoneOff className="size-5" />}
          onClick={() => {
            leave()
            onLeave()
          }}
        />
      </div>
    </main>
  )
}

/** The styles, theme and direction of the page, for the small window. */
function dressLike(page: Document, small: Document): void {
  for (const sheet of page.querySelectorAll('link[rel="stylesheet"], style')) small.head.append(sheet.cloneNode(true))
  const { lang, dir, dataset } = page.documentElement
  small.documentElement.lang = lang
  small.documentElement.dir = dir
  Object.assign(small.documentElement.dataset, dataset)
  small.title = page.title
}

async function openVideo({ person, source }: Tile): Promise<void> {
  const stream = person.video.find((video) => video.source === source)?.stream
  const shown = [...document.querySelectorAll('video')].find(({ srcObject }) => srcObject === stream)
  if (document.pictureInPictureElement !== null) await document.exitPictureInPicture()
  else await shown?.requestPictureInPicture()
}
