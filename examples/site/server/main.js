import { randomBytes } from 'node:crypto'
import { createSite } from './site.js'

/** @param {string} name */
function required(name) {
  const value = process.env[name]
  if (value) return value
  console.error(`${name} is not set. The README says what it is for.`)
  process.exit(1)
}

const host = process.env.HOST ?? '127.0.0.1'
const site = createSite({
  // The first of several signs, as in Parley itself.
  jwtSecret: /** @type {string} */ (required('JWT_SECRET').split(',')[0]),
  sessionSecret: process.env.SESSION_SECRET ?? randomBytes(32).toString('base64'),
  apiKey: required('API_KEY'),
  socketUrl: new URL(required('PARLEY_URL')).origin,
  apiUrl: new URL(process.env.PARLEY_API_URL ?? required('PARLEY_URL')).origin,
})
site.listen(Number(process.env.PORT ?? 3000), host, () => {
  const address = site.address()
  const port = typeof address === 'object' ? address?.port : address
  console.log(`The site is ready at http://${host}:${port}`)
})
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    site.close()
    site.closeAllConnections()
  })
}
