import type { AsyncApiDocument, AsyncApiMessage, AsyncApiOperation } from './asyncapi.ts'

/** A page that shows the document to people: no script, nothing from elsewhere. */
export function renderAsyncApiHtml(document: AsyncApiDocument): string {
  const { info, channels, operations } = document
  const sections = Object.entries(channels).map(([key, { title, description, address }]) => {
    const own = Object.values(operations).filter(({ channel }) => channel.$ref === `#/channels/${key}`)
    const part = (action: AsyncApiOperation['action'], heading: string): string =>
      `<h3>${heading}</h3>${own
        .filter((operation) => operation.action === action)
        .map((operation) => renderOperation(document, operation))
        .join('')}`
    return `<section id="${escapeHtml(key)}"><h2>${escapeHtml(title)}</h2><p><code>${escapeHtml(address)}</code></p>
<p>${renderText(description)}</p>${part('receive', 'From the client')}${part('send', 'From the server')}</section>`
  })
  const links = Object.entries(channels).map(
    ([key, { title }]) => `<li><a href="#${escapeHtml(key)}">${escapeHtml(title)}</a></li>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(info.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(info.title)} <small>${escapeHtml(info.version)}</small></h1>
<p>${renderText(info.description)}</p>
<nav><ul>${links.join('')}</ul></nav>
${sections.join('\n')}
</main>
</body>
</html>
`
}

function renderOperation(document: AsyncApiDocument, { title, messages, reply }: AsyncApiOperation): string {
  const payloads = messages.map(({ $ref }) => renderPayload(messageOf(document, $ref)))
  const answers = (reply?.messages ?? []).map(({ $ref }) => renderPayload(messageOf(document, $ref)))
  const answer = answers.length === 0 ? '' : `<h4>Answer</h4>${answers.join('')}`
  return `<details><summary><code>${escapeHtml(title)}</code></summary>${payloads.join('')}${answer}</details>`
}

function renderPayload(message: AsyncApiMessage | undefined): string {
  return `<pre>${escapeHtml(JSON.stringify(message?.payload ?? {}, null, 2))}</pre>`
}

/** A channel's message points at the component of the same key. */
function messageOf(document: AsyncApiDocument, reference: string): AsyncApiMessage | undefined {
  return document.components.messages[reference.slice(reference.lastIndexOf('/') + 1)]
}

function renderText(text: string): string {
  return escapeHtml(text).replace(/`([^`]*)`/g, '<code>$1</code>')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
code, pre { font: 0.875rem/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid; border-radius: 0.5rem; }
summary { cursor: pointer; padding: 0.4rem 0; }
small { font-weight: normal; opacity: 0.75; }
`
