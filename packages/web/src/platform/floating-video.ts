/** Whether a video in this element is in the browser's own small window, which is seen although the page is not. */
export const isFloating = (box: Node): boolean => box.contains(document.pictureInPictureElement)

/** Tells when a video in this element goes into that window or out of it. Returns the way to stop. */
export function watchFloating(box: EventTarget, onChange: () => void): () => void {
  const aborter = new AbortController()
  for (const event of ['enterpictureinpicture', 'leavepictureinpicture'])
    box.addEventListener(event, onChange, { signal: aborter.signal, capture: true })
  return () => aborter.abort()
}
