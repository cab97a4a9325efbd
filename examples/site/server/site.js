import { createServer } from 'node:http'
import { signChatToken } from './chat-token.js'
import { sendNotFound, sendPage } from './pages.js'
import { createParleyApi } from './parley-api.js'
import { passOn } from './proxy.js'
import { createSessions } from './session.js'
import { findUser, signIn, users } from './users.js'

const MAX_FORM_BYTES = 4096
/** What of Parley lives on the site's own origin. */
const PASSED_ON = /^\/(api\/messenger|api\/conversations|api\/notifications|sdk)(\/|\?|$)/
const SHOWN = /^\/(styles|chat)\/[\w-]+\.(css|js)$|^\/icon\.svg$/

/**
 * @typedef {object} SiteOptions
 * @property {string} jwtSecret shared with Parley: signs the tokens of users
 * @property {string} sessionSecret the site's own: signs its cookies
 * @property {string} apiKey for what the site itself asks of Parley
 * @property {string} socketUrl Parley's socket server, as browsers reach it
 * @property {string} apiUrl Parley's API process (`--role api`), as this process reaches it
 */

/**
 * A site that has users, with a chat: a server that is ready to listen.
 * @param {SiteOptions} options
 */
export function createSite({ jwtSecret, sessionSecret, apiKey, socketUrl, apiUrl }) {
  const sessions = createSessions(sessionSecret)
  const parley = createParleyApi({ apiUrl, apiKey })

  /** The crew's conversation is the site's own doing. A chat that is away at the moment must not keep people out. */
  const ensureCrew = () =>
    parley
      .ensureConversation({ id: 'harbour-crew', name: 'Harbour crew', members: users.slice(0, 3) })
      .catch((error) => console.error(`The crew’s conversation could not be made: ${error.message}`))

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async function handle(request, response) {
    const url = request.url ?? '/'
    // As it will be asked for: `/api/messenger/../../metrics` is none of it.
    const address = new URL(url.startsWith('/') ? `http://site${url}` : 'http://site/')
    if (PASSED_ON.test(address.pathname))
      return passOn(new URL(address.pathname + address.search, apiUrl), request, response)
    for (const [name, value] of Object.entries(safetyHeaders(socketUrl))) response.setHeader(name, value)
    if (SHOWN.test(url)) return sendPage(response, url)
    const user = findUser(sessions.userId(request) ?? '')
    const isSecure = request.headers['x-forwarded-proto'] === 'https'

    switch (`${request.method} ${url.replace(/\?.*/, '')}`) {
      case 'GET /':
        return user === null ? redirect(response, '/login') : sendPage(response, 'chat.html', { socketUrl })
      case 'GET /login':
        return sendPage(response, 'login.html', {
          mistake: url.endsWith('?wrong') ? 'That password is not right.' : '',
        })
      case 'POST /login': {
        if (!isOwnPage(request)) return sendForbidden(response)
        const form = await readForm(request)
        const known = signIn(form.get('user') ?? '', form.get('password') ?? '')
        if (known === null) return redirect(response, '/login?wrong')
        await ensureCrew()
        response.setHeader('Set-Cookie', sessions.begin(known.id, isSecure))
        return redirect(response, '/')
      }
      case 'POST /logout':
        if (!isOwnPage(request)) return sendForbidden(response)
        response.setHeader('Set-Cookie', sessions.end(isSecure))
        return redirect(response, '/login')
      case 'GET /token':
        if (user === null) return sendJson(response, 401, { message: 'Sign in first.' })
        return sendJson(response, 200, { token: signChatToken(user, jwtSecret) })
      case 'GET /people':
        if (user === null) return sendJson(response, 401, { message: 'Sign in first.' })
        return sendJson(response, 200, { me: user, people: users.filter(({ id }) => id !== user.id) })
      default:
        return sendNotFound(response)
    }
  }

  return createServer((request, response) => {
    handle(request, response).catch((error) => {
      console.error(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
}

/** @param {string} socketUrl */
function safetyHeaders(socketUrl) {
  const sockets = `${socketUrl} ${socketUrl.replace(/^http/, 'ws')}`
  return {
    'Content-Security-Policy': `default-src 'self'; connect-src 'self' ${sockets}; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'`,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  }
}

/**
 * A form of another site may not sign anybody in or out.
 * @param {import('node:http').IncomingMessage} request
 */
function isOwnPage({ headers }) {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  return headers.origin === undefined || new URL(headers.origin).host === headers.host
}

/** @param {import('node:http').IncomingMessage} request */
async function readForm(request) {
  let body = ''
  for await (const chunk of request) {
    body += chunk
    if (body.length > MAX_FORM_BYTES) throw new Error('A form is larger than it can be')
  }
  return new URLSearchParams(body)
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {string} location
 */
function redirect(response, location) {
  response.writeHead(303, { Location: location }).end()
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {object} value
 */
function sendJson(response, status, value) {
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    .end(JSON.stringify(value))
}

/** @param {import('node:http').ServerResponse} response */
function sendForbidden(response) {
  response.writeHead(403, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Use the form of this site.\n')
}
