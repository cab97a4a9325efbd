// The words of the offline page in the language that boot.js chose, and the way back.
;(() => {
  const words = {
    sv: {
      title: 'Du är offline',
      happened:
        'Parley kan inte nås härifrån just nu. Inget av ditt är förlorat: meddelanden du redan skickat finns på servern, och din plats i rummet är kvar.',
      next: 'Kontrollera ditt wifi eller din mobildata. Sidan kommer tillbaka av sig själv när anslutningen gör det.',
      retry: 'Försök igen',
      status: 'Fortfarande ingen anslutning.',
    },
    ar: {
      title: 'أنت غير متصل',
      happened:
        'لا يمكن الوصول إلى Parley من هنا الآن. لم يضِع شيء منك: الرسائل التي أرسلتها من قبل على الخادم، ومقعدك في الغرفة محفوظ.',
      next: 'تحقّق من شبكة Wi-Fi أو بيانات الهاتف. تعود هذه الصفحة من تلقاء نفسها حين يعود الاتصال.',
      retry: 'إعادة المحاولة',
      status: 'لا يوجد اتصال بعد.',
    },
  }
  const chosen = words[document.documentElement.lang]
  const status = chosen ? chosen.status : 'Still no connection.'
  if (chosen) {
    document.title = `${chosen.title} · Parley`
    for (const id of ['title', 'happened', 'next', 'retry']) document.getElementById(id).textContent = chosen[id]
  }
  const tryAgain = async () => {
    try {
      await fetch('/manifest.webmanifest', { method: 'HEAD', cache: 'no-store' })
      location.reload()
      return true
    } catch {
      return false
    }
  }
  addEventListener('online', tryAgain)
  setInterval(tryAgain, 10_000)
  document.getElementById('retry').addEventListener('click', async () => {
    const line = document.getElementById('status')
    line.textContent = ''
    if (!(await tryAgain())) line.textContent = status
  })
})()
