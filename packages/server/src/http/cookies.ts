import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

const NAMES = { token: 'parley_token', csrf: 'parley_csrf' } as const
type CookieName = keyof typeof NAMES

/** Behind TLS the `__Host-` prefix keeps neighbouring domains from setting them. */
const nameOf = (cookie: CookieName, isSecure: boolean): string => (isSecure ? `__Host-${NAMES[cookie]}` : NAMES[cookie])

/** Reads one of our two cookies: the caller's token, and the double-submit token that pages may read. */
export function readCookie(request: FastifyRequest, cookie: CookieName, isSecure: boolean): string | null {
  return request.cookies[nameOf(cookie, isSecure)] ?? null
}

/** `maxAge` is in seconds. */
export function writeCookie(
  reply: FastifyReply,
  cookie: CookieName,
  value: string,
  { isSecure, maxAge }: { readonly isSecure: boolean; readonly maxAge: number },
): void {
  const options: CookieSerializeOptions = {
    path: '/',
    sameSite: 'lax',
    httpOnly: cookie === 'token',
    secure: isSecure,
    maxAge,
  }
  reply.setCookie(nameOf(cookie, isSecure), value, options)
}
