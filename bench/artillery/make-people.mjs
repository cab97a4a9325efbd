/*
 * Before a run: makes people.csv, and by API key the conversations in which they talk.
 * PEOPLE (default 500) people in groups of GROUP_SIZE (default 10).
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { required, signToken } from './sign-token.mjs'

const peopleCount = Number(process.env.PEOPLE ?? 500)
const groupSize = Number(process.env.GROUP_SIZE ?? 10)
const url = required('PARLEY_URL')
const apiKey = required('API_KEY')

const people = Array.from({ length: peopleCount }, (_, index) => ({
  userId: `load-${index}`,
  name: `Person ${index}`,
  conversationId: `load-group-${Math.floor(index / groupSize)}`,
}))

for (const [id, members] of Map.groupBy(people, ({ conversationId }) => conversationId)) {
  const response = await fetch(new URL('/api/conversations', url), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Api-Key': apiKey },
    body: JSON.stringify({ id, name: id, members: members.map(({ userId, name }) => ({ userId, name })) }),
  })
  if (!response.ok) throw new Error(`${id} could not be made: ${response.status} ${await response.text()}`)
}

const rows = people.map((person) => [person.userId, person.name, person.conversationId, signToken(person)].join(','))
writeFileSync(join(import.meta.dirname, 'people.csv'), `${['userId,name,conversationId,token', ...rows].join('\n')}\n`)
console.log(`${peopleCount} people in groups of ${groupSize} are ready`)
