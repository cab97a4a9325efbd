import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { applyLanguage, preferredLanguage } from '../i18n/locale.ts'
import { applyPreferences } from '../platform/preferences.ts'
import './admin.css'
import { AdminPage } from './admin-page.tsx'

async function start(): Promise<void> {
  applyPreferences()
  await applyLanguage(preferredLanguage())
  const root = document.getElementById('root')
  if (root === null) throw new Error('The page has no root element.')
  createRoot(root).render(
    <StrictMode>
      <AdminPage />
    </StrictMode>,
  )
}

void start()
