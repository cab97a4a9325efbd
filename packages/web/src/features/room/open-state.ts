/** What every dialog of the room takes. */
export interface OpenState {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}
