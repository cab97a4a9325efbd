// Draws the PNG icons and the social preview from the SVG mark, with an installed Chromium.
// Run by hand after the mark changed: node packages/web/scripts/draw-icons.mjs
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { chromium } from 'playwright-core'

const publicDir = new URL('../public/', import.meta.url)
const font = new URL(
  '../../../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  import.meta.url,
)
const icon = await readFile(new URL('brand/app-icon.svg', publicDir), 'utf8')
const mark = await readFile(new URL('brand/mark.svg', publicDir), 'utf8')
const square = icon.replace(' rx="116"', '')
// A maskable icon may be cut to its inner 80 %: the mark keeps clear of the rim.
const maskable = square.replace('translate(96 96) scale(9.9)', 'translate(134 134) scale(7.5)')
const fontData = (await readFile(font)).toString('base64')

const social = `
  <style>
    @font-face { font-family: Inter; font-weight: 100 900; src: url(data:font/woff2;base64,${fontData}) }
    body { margin: 0; width: 1200px; height: 630px; box-sizing: border-box; padding: 88px; display: flex; flex-direction: column;
      font-family: Inter; color: #eff2f9; background:
      radial-gradient(46% 70% at 92% 22%, #ff7f6666, transparent 72%),
      radial-gradient(36% 60% at 104% 88%, #ffb35a59, transparent 72%),
      radial-gradient(50% 70% at 4% 0%, #4d6fd64d, transparent 72%), #0c1120 }
    .name { display: flex; align-items: center; gap: 22px; font-size: 44px; font-weight: 650; letter-spacing: -.02em }
    .name svg { width: 68px; height: 68px }
    h1 { margin: auto 0 0; font-size: 112px; line-height: 1; letter-spacing: -.04em; font-weight: 680 }
    p { margin: 28px 0 0; font-size: 36px; line-height: 1.4; color: #bac3d6; max-width: 900px }
  </style>
  <div class="name">${mark}Parley</div>
  <h1>A room for now</h1>
  <p>Open a room, send the link, talk. <br>When the time is up, it is gone.</p>`

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run'],
})
const page = await browser.newPage({ deviceScaleFactor: 1 })

async function draw(name, html, width, height) {
  await page.setViewportSize({ width, height })
  await page.setContent(html)
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await writeFile(new URL(name, publicDir), await page.screenshot({ omitBackground: true }))
}
const filling = (svg) => `<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`

await mkdir(new URL('icons/', publicDir), { recursive: true })
for (const size of [192, 512]) {
  await draw(`icons/icon-${size}.png`, filling(icon), size, size)
  await draw(`icons/icon-maskable-${size}.png`, filling(maskable), size, size)
}
await draw('apple-touch-icon.png', filling(square), 180, 180)
await draw('favicon.png', filling(mark), 48, 48)
await draw('social-preview.png', social, 1200, 630)
await browser.close()
