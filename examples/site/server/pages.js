import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'

const DIRECTORY = join(import.meta.dirname, '../pages')
/** @type {Readonly<Record<string, string>>} */
const TYPES = { '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.svg': 'image/svg+xml' }

/**
 * Sends a file of the folder `pages`, or answers 404. In pages `{{name}}` stands for what `values` has under
 * that name.
 * @param {import('node:http').ServerResponse} response
 * @param {string} path
 * @param {Readonly<Record<string, string>>} [values]
 */
export async function sendPage(response, path, values = {}) {
  const file = normalize(join(DIRECTORY, path))
  const type = TYPES[extname(file)]
  if (!file.startsWith(DIRECTORY) || type === undefined) return sendNotFound(response)
  let content
  try {
    content = await readFile(file, 'utf8')
  } catch {
    return sendNotFound(response)
  }
  const filled = content.replace(/\{\{(\w+)\}\}/g, (_, name) => asText(values[name] ?? ''))
  response
    .writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-cache' })
    .end(type === 'text/html' ? filled : content)
}

/** @param {import('node:http').ServerResponse} response */
export function sendNotFound(response) {
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('There is nothing at this address.\n')
}

/** @param {string} text */
const asText = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
