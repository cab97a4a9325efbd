import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin, ResolvedConfig } from 'vite'

/** Shell files that the service worker keeps; everything else it caches as it is used. */
const shellPublicFiles = ['/boot.js', '/offline.html', '/offline.css', '/offline.js', '/brand/mark.svg', '/favicon.svg']
const latinFont = /inter-latin-wght-normal.*\.woff2$/

/**
 * What the first screen needs, known only after bundling:
 * a preload for the Latin font in `index.html`, and the list of shell files with its version in `sw.js`.
 */
export function emitCritical(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'parley:emit-critical',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const font = Object.keys(bundle ?? {}).find((name) => latinFont.test(name))
        if (font === undefined) return []
        const attrs = { rel: 'preload', href: `/${font}`, as: 'font', type: 'font/woff2', crossorigin: '' }
        return [{ tag: 'link', attrs, injectTo: 'head' }]
      },
    },
    async generateBundle(_options, bundle) {
      const entryFiles = new Set<string>()
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk' || !chunk.isEntry) continue
        for (const name of [chunk.fileName, ...chunk.imports]) entryFiles.add(`/${name}`)
        for (const name of chunk.viteMetadata?.importedCss ?? []) entryFiles.add(`/${name}`)
      }
      const font = Object.keys(bundle).find((name) => latinFont.test(name))
      if (font !== undefined) entryFiles.add(`/${font}`)
      const files = [...entryFiles, ...shellPublicFiles]
      const template = await readFile(join(config.root, 'src/platform/service-worker.js'), 'utf8')
      const contents = await Promise.all(
        shellPublicFiles.map((file) => readFile(join(config.root, 'public', file)).catch(() => Buffer.alloc(0))),
      )
      const html = await readFile(join(config.root, 'index.html'))
      const hash = createHash('sha256').update(files.join('\n')).update(template).update(html)
      for (const content of contents) hash.update(content)
      const version = hash.digest('hex').slice(0, 12)
      this.emitFile({
        type: 'asset',
        fileName: 'sw.js',
        source: template.replace('__VERSION__', version).replace("['__SHELL_FILES__']", JSON.stringify(files)),
      })
    },
  }
}
