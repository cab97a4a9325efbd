import type { ReactNode } from 'react'
import { IconButton } from '../../ui/icon-button.tsx'
import { Tooltip } from '../../ui/tooltip.tsx'

interface ToolProps {
  readonly label: string
  readonly icon: ReactNode
  readonly onClick: () => void
}

/** One tool of the stage. */
export function Tool({ label, icon, onClick }: ToolProps) {
  return (
    <Tooltip label={label} side="bottom">
      <IconButton label={label} icon={icon} onClick={onClick} />
    </Tooltip>
  )
}
