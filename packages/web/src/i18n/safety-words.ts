import type { Language } from './message-shape.ts'

/** Words about the key of an encrypted room. All languages travel together, with the dialog that shows them. */
interface SafetyWords {
  readonly lead: string
  readonly phrase: string
  readonly compare: string
  readonly differs: string
  readonly limits: string
  readonly noRecording: string
  /** The names of `SAFETY_EMOJI`, in its order. */
  readonly names: readonly string[]
}

/** Names by spaces; `_` stands for a space inside of one. */
const namesOf = (list: string): string[] => list.split(' ').map((name) => name.replaceAll('_', ' '))

export const safetyWords: Readonly<Record<Language, SafetyWords>> = {
  en: {
    lead: 'Messages, voice and video can be read and heard only by people who have the whole link, not by the server.',
    phrase: 'Safety phrase',
    compare: 'Read it to one another, by voice or face to face. All should see the same pictures in the same order.',
    differs: 'If yours differs, somebody holds another key: open the link anew from whoever created the room.',
    limits:
      'The server still sees who is here, when they write or speak, and how much. Names, reactions, mentions and who is typing are not encrypted.',
    noRecording: 'There is no recording in this room: the server has nothing that it could record.',
    names: namesOf(
      'dog cat lion horse unicorn pig elephant rabbit panda rooster penguin turtle fish octopus butterfly flower tree cactus mushroom globe moon cloud fire banana apple strawberry corn pizza cake heart robot hat glasses spanner santa thumbs_up umbrella hourglass clock gift light_bulb book pencil paperclip scissors lock key hammer telephone flag train bicycle aeroplane rocket trophy ball guitar trumpet bell anchor headphones folder pin carrot',
    ),
  },
  sv: {
    lead: 'Meddelanden, röst och video kan bara läsas och höras av dem som har hela länken, inte av servern.',
    phrase: 'Säkerhetsfras',
    compare: 'Läs upp den för varandra, i samtalet eller öga mot öga. Alla ska se samma bilder i samma ordning.',
    differs: 'Om din skiljer sig har någon en annan nyckel: öppna länken på nytt från den som skapade rummet.',
    limits:
      'Servern ser ändå vilka som är här, när de skriver eller talar, och hur mycket. Namn, reaktioner, omnämnanden och vem som skriver är inte krypterade.',
    noRecording: 'Ingen inspelning finns i det här rummet: servern har inget som den kan spela in.',
    names: namesOf(
      'hund katt lejon häst enhörning gris elefant kanin panda tupp pingvin sköldpadda fisk bläckfisk fjäril blomma träd kaktus svamp jordglob måne moln eld banan äpple jordgubbe majs pizza tårta hjärta robot hatt glasögon skiftnyckel tomte tummen_upp paraply timglas klocka present glödlampa bok penna gem sax lås nyckel hammare telefon flagga tåg cykel flygplan raket pokal boll gitarr trumpet bjällra ankare hörlurar mapp nål morot',
    ),
  },
  ar: {
    lead: 'لا يستطيع قراءة الرسائل ولا سماع الصوت ومشاهدة الفيديو إلا من لديه الرابط كاملًا، ولا يستطيع الخادم ذلك.',
    phrase: 'عبارة الأمان',
    compare: 'اقرؤوها بعضكم لبعض، صوتًا أو وجهًا لوجه. يجب أن يرى الجميع الصور نفسها بالترتيب نفسه.',
    differs: 'إن اختلفت عبارتك فلدى أحدكم مفتاح آخر: افتح الرابط مجددًا كما أرسله من أنشأ الغرفة.',
    limits:
      'يبقى الخادم يرى من هنا، ومتى يكتبون أو يتكلمون، وبأي قدر. الأسماء والتفاعلات والإشارات ومن يكتب الآن غير مشفّرة.',
    noRecording: 'لا تسجيل في هذه الغرفة: ليس لدى الخادم ما يمكنه تسجيله.',
    names: namesOf(
      'كلب قطة أسد حصان وحيد_القرن خنزير فيل أرنب باندا ديك بطريق سلحفاة سمكة أخطبوط فراشة زهرة شجرة صبار فطر كرة_أرضية قمر سحابة نار موزة تفاحة فراولة ذرة بيتزا كعكة قلب روبوت قبعة نظارة مفتاح_ربط بابا_نويل إبهام مظلة ساعة_رملية منبّه هدية مصباح كتاب قلم مشبك مقص قفل مفتاح مطرقة هاتف راية قطار دراجة طائرة صاروخ كأس كرة غيتار بوق جرس مرساة سماعات مجلد دبوس جزرة',
    ),
  },
}
