/** A signed token anywhere in a text: three base64url parts, the first being JSON (`eyJ…`). */
const TOKEN = /\beyJ[\w-]{4,}\.[\w-]+\.[\w-]*/g
/** Whatever is given as a token in a query or a header, signed or not. */
const GIVEN = /((?:[?&](?:access_)?token=)|(?:bearer[ .]+))[^\s"'&,;\\]+/gi

/** Takes every token out of a line on its way to a log. */
export const redact = (line: string): string => line.replace(TOKEN, '[token]').replace(GIVEN, '$1[token]')
