import { useEffect, useState } from 'react'
import { useRoom } from './room-context.tsx'

/** Where the room says things to screen readers, politely. */
export function LiveRegion() {
  const { room } = useRoom()
  const [said, setSaid] = useState({ words: '', turn: 0 })
  useEffect(() => {
    room.commands.announce = (words) => setSaid(({ turn }) => ({ words, turn: turn + 1 }))
  }, [room])
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {/* A new element each time: the same words twice are said twice. */}
      <p key={said.turn}>{said.words}</p>
    </div>
  )
}
