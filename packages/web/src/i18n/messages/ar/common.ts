import type { Translation } from '../../message-shape.ts'
import type { common as english } from '../en/common.ts'

export const common = {
  appName: 'Parley',
  close: 'إغلاق',
  cancel: 'إلغاء',
  back: 'رجوع',
  retry: 'إعادة المحاولة',
  loading: 'جارٍ التحميل',
  copy: 'نسخ',
  copied: 'نُسخ',
  show: 'إظهار',
  hide: 'إخفاء',
  showPassword: 'إظهار كلمة المرور',
  hidePassword: 'إخفاء كلمة المرور',
  more: 'المزيد',
  optional: 'اختياري',
  skipToContent: 'الانتقال إلى المحتوى',
  theme: 'المظهر',
  themeSystem: 'مثل الجهاز',
  themeLight: 'فاتح',
  themeDark: 'داكن',
  language: 'اللغة',
  home: 'Parley، إلى الصفحة الرئيسية',
  brokenTitle: 'توقفت هذه الصفحة عن العمل',
  brokenText: 'تعذّر تحميل جزء منها، أو حدث خطأ فيها. تحقّق من اتصالك وأعد التحميل: مقعدك في الغرفة محفوظ.',
  reload: 'إعادة التحميل',
} as const satisfies Translation<typeof english, 'ar'>
