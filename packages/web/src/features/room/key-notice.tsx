import { useText } from '../../i18n/text.ts'
import { Banner } from '../../ui/banner.tsx'
import { useChat } from './room-context.tsx'

/** In an encrypted room without its key, or with another: what is wrong, and what to do. */
export function KeyNotice() {
  const text = useText()
  const encryption = useChat((snapshot) => snapshot.encryption)
  if (encryption === 'none' || encryption === 'on') return null
  return (
    <div className="glass mb-2 overflow-hidden rounded-m">
      <Banner tone="warning">{text(encryption === 'missing-key' ? 'join.keyMissing' : 'room.keyWrong')}</Banner>
    </div>
  )
}
