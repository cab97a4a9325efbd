const TIMEOUT_MS = 5000

/**
 * What the site itself asks of Parley, with its API key: it decides which conversations there are.
 * @param {{ apiUrl: string, apiKey: string }} options
 */
export function createParleyApi({ apiUrl, apiKey }) {
  return {
    /**
     * Makes sure that a conversation exists. The id is the site's own, so asking twice makes one.
     * @param {{ id: string, name: string, members: readonly import('./users.js').User[] }} wish
     */
    async ensureConversation({ id, name, members }) {
      const response = await fetch(new URL('/api/conversations', apiUrl), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Api-Key': apiKey },
        body: JSON.stringify({
          id,
          name,
          kind: 'group',
          members: members.map((user) => ({ userId: user.id, name: user.name })),
        }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      if (!response.ok) throw new Error(`Parley answers ${response.status}: ${await response.text()}`)
    },
  }
}
