import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { applyLanguage, preferredLanguage } from './i18n/locale.ts'
import { applyPreferences } from './platform/preferences.ts'
import { registerServiceWorker, reloadWhenOutdated } from './platform/service-worker-registration.ts'
import { removeStaleSessions } from './platform/session.ts'
import './styles/app.css'

async function start(): Promise<void> {
  reloadWhenOutdated()
  registerServiceWorker()
  applyPreferences()
  removeStaleSessions()
  await applyLanguage(preferredLanguage())
  const root = document.getElementById('root')
  if (root === null) throw new Error('The page has no root element.')
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}

void start()
