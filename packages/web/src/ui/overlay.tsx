import { Overlay as Primitive } from 'radix-ui/dialog'

/** What dims the page behind a dialog or a sheet. */
export function Overlay() {
  return (
    // What fades out lets through what is pressed under it: the next press is meant for the page.
    <Primitive className="fixed inset-0 z-40 bg-scrim data-[state=closed]:pointer-events-none! data-[state=closed]:animate-[fade-out_120ms_ease-out_forwards] data-[state=open]:animate-[fade-in_160ms_ease-out]" />
  )
}
