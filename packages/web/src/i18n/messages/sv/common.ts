import type { Translation } from '../../message-shape.ts'
import type { common as english } from '../en/common.ts'

export const common = {
  appName: 'Parley',
  close: 'Stäng',
  cancel: 'Avbryt',
  back: 'Tillbaka',
  retry: 'Försök igen',
  loading: 'Läser in',
  copy: 'Kopiera',
  copied: 'Kopierat',
  show: 'Visa',
  hide: 'Dölj',
  showPassword: 'Visa lösenord',
  hidePassword: 'Dölj lösenord',
  more: 'Mer',
  optional: 'valfritt',
  skipToContent: 'Hoppa till innehållet',
  theme: 'Tema',
  themeSystem: 'Som enheten',
  themeLight: 'Ljust',
  themeDark: 'Mörkt',
  notices: 'Meddelanden från sidan',
  language: 'Språk',
  home: 'Parley, till startsidan',
  brokenTitle: 'Sidan slutade fungera',
  brokenText:
    'En del av den kunde inte läsas in, eller så gick något fel i den. Kontrollera din anslutning och ladda om: din plats i ett rum finns kvar.',
  reload: 'Ladda om',
} as const satisfies Translation<typeof english, 'sv'>
