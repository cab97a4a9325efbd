/** Longer than any browser needs to begin the download. */
const REVOKE_AFTER_MS = 60_000

/** Hands a file to the browser's downloads. */
export function saveBlob(name: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_AFTER_MS)
}

/** The same for text. */
export const saveFile = (name: string, content: string, mediaType: string): void =>
  saveBlob(name, new Blob([content], { type: mediaType }))
