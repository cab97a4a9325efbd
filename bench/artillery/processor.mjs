import { randomUUID } from 'node:crypto'
import { signToken } from './sign-token.mjs'

const WORDS = ['anchor', 'breeze', 'chart', 'deck', 'ebb', 'fender', 'gale', 'harbour', 'isle', 'jetty', 'keel', 'lee']

/** Artillery's `function: signIn`: a fresh token for this person. */
export async function signIn({ vars }) {
  vars.ownToken = signToken({ userId: vars.userId, name: vars.name })
}

/** Artillery's `function: compose`: the next thing to say, under an id of its own. */
export async function compose({ vars }) {
  const count = 3 + Math.floor(Math.random() * 20)
  vars.text = Array.from({ length: count }, () => WORDS[Math.floor(Math.random() * WORDS.length)]).join(' ')
  vars.messageId = randomUUID()
}
