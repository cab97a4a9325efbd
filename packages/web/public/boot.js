// Runs before the first paint: theme, language and direction, so that nothing flashes.
;(() => {
  let preferences = {}
  try {
    preferences = JSON.parse(localStorage.getItem('parley.preferences') || '{}') || {}
  } catch {
    // Storage is blocked or holds something else: the device's own settings apply.
  }
  const root = document.documentElement
  if (preferences.theme === 'light' || preferences.theme === 'dark') root.dataset.theme = preferences.theme
  if (preferences.motion === 'reduce') root.dataset.motion = 'reduce'
  const known = ['en', 'sv', 'ar']
  const wanted = known.includes(preferences.language) ? [preferences.language] : navigator.languages || [navigator.language]
  const language = wanted.map((tag) => String(tag).slice(0, 2).toLowerCase()).find((tag) => known.includes(tag)) || 'en'
  root.lang = language
  root.dir = language === 'ar' ? 'rtl' : 'ltr'
})()
