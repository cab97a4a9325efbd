import { scryptSync, timingSafeEqual } from 'node:crypto'

/**
 * @typedef {object} User
 * @property {string} id what Parley knows them by: stays the same for good, names may change
 * @property {string} name
 * @property {string} title
 */

/** Everybody's password, so that the demo can be tried: a real site keeps a salted hash for each person. */
export const DEMO_PASSWORD = 'demo'
const SALT = 'a salt of its own for every user'
const DEMO_HASH = scryptSync(DEMO_PASSWORD, SALT, 32)

/** @type {readonly User[]} */
export const users = [
  { id: 'ada', name: 'Ada Lindgren', title: 'Boat builder' },
  { id: 'ben', name: 'Ben Okafor', title: 'Harbour master' },
  { id: 'chidi', name: 'Chidi Sato', title: 'Sail maker' },
  { id: 'dana', name: 'Dana Haddad', title: 'Skipper' },
  { id: 'emil', name: 'Emil Novak', title: 'New here' },
]

/** @param {string} id */
export const findUser = (id) => users.find((user) => user.id === id) ?? null

/**
 * The user of this id, when the password is right.
 * @param {string} id
 * @param {string} password
 */
export function signIn(id, password) {
  const user = findUser(id)
  // Hashed also for nobody, so that the time taken does not tell who exists.
  const isRight = timingSafeEqual(scryptSync(password, SALT, 32), DEMO_HASH)
  return isRight ? user : null
}
