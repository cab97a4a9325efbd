let aheadMs = 0

/** How far the server's clock is ahead of this device's, as its latest answer told; 0 before any did. */
export const serverAheadMs = (): number => aheadMs

/** `fetch`, for calls of our own server: its answers tell what time it is there. */
export const fetchFromServer: typeof fetch = async (...request) => {
  const response = await fetch(...request)
  const at = Date.parse(response.headers.get('date') ?? '')
  if (!Number.isNaN(at)) aheadMs = at - Date.now()
  return response
}
