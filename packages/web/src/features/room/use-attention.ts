import { useEffect } from 'react'
import { useText } from '../../i18n/text.ts'
import { readPreferences, usePreferences } from '../../platform/preferences.ts'
import dotIcon from './favicon-unread.svg?url'
import { useChat, useRoom, useRoomUi } from './room-context.tsx'
import { createSoundCue } from './sound-cue.ts'

/** What calls for attention while the page is not looked at: title, icon and a soft sound. */
export function useAttention(): void {
  useVisibility()
  useBadge()
  useSound()
}

function useVisibility(): void {
  const { ui } = useRoom().room
  useEffect(() => {
    const look = () => ui.look({ isPageVisible: document.visibilityState === 'visible' })
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [ui])
}

function useBadge(): void {
  const text = useText()
  const name = useChat((snapshot) => snapshot.chat?.name) ?? text('common.appName')
  const unread = useRoomUi((ui) => (ui.isPageVisible ? 0 : ui.unread.count))
  const { titleBadge } = usePreferences()
  const count = titleBadge ? unread : 0

  useEffect(() => {
    document.title = count > 0 ? `(${count}) ${name}` : name
  }, [count, name])

  const hasUnread = count > 0
  useEffect(() => {
    if (!hasUnread) return
    const icons = [...document.querySelectorAll<HTMLLinkElement>('link[rel~="icon"]')]
    const dot = document.createElement('link')
    dot.rel = 'icon'
    dot.type = 'image/svg+xml'
    dot.href = dotIcon
    for (const icon of icons) icon.remove()
    document.head.append(dot)
    return () => {
      dot.remove()
      document.head.append(...icons)
    }
  }, [hasUnread])
}

function useSound(): void {
  const { chat } = useRoom().room
  useEffect(() => {
    const cue = createSoundCue()
    const stop = chat.on('message', () => {
      if (document.visibilityState === 'hidden' && readPreferences().sound) cue.play()
    })
    const stopKnocks = chat.on('knock', () => {
      if (readPreferences().sound) cue.play()
    })
    return () => {
      stop()
      stopKnocks()
      cue.close()
    }
  }, [chat])
}
