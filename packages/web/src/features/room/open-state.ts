import type { PlainDialog } from '../../state/room-ui.ts'

/** What every dialog of the room takes. */
export interface OpenState {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

/** What a dialog takes that leads to another one. */
export interface LeadingOpenState extends OpenState {
  /** Closes this one and opens the other in its place. */
  readonly goOn: (to: PlainDialog) => void
}
