import type { MailWords } from './words.ts'

export const am: MailWords = {
  hello: 'ሰላም {name}፣',
  helloUnnamed: 'ሰላም፣',
  fallback: 'አዝራሩ ካልሰራ ይህን አድራሻ ይክፈቱ፦',
  attached: 'በPDF ተያይዟል።',
  forCustomers: 'ይህ መልዕክት የደረሰዎት የ{company} ደንበኛ ስለሆኑ ነው።',
  forMembers: 'ይህ መልዕክት የደረሰዎት ይህን የNovaBilling መለያ ስለሚያስተዳድሩ ነው።',
  plan: 'ዕቅድ',
  trialEnds: 'ሙከራው የሚያበቃው',
  card: 'ካርድ',
  expires: 'ጊዜው የሚያበቃው',
  viewAndPay: 'ይመልከቱ እና ይክፈሉ',
  viewInvoice: 'ደረሰኙን ይመልከቱ',
  payNow: 'አሁን ይክፈሉ',
  nothingToDo: 'አስቀድመው ከፍለው ከሆነ ምንም ማድረግ አይጠበቅብዎትም።',
  invoice: {
    subject: 'ደረሰኝ {number} ከ{company}',
    opening: 'ከ{company} የ{total} ደረሰኝዎ {number} ይህ ነው።',
    due: 'እባክዎ {amount} እስከ {date} ድረስ ይክፈሉ።',
    nothingDue: 'የሚከፈል ነገር የለም።',
  },
  receipt: {
    subject: 'የክፍያ ማረጋገጫዎ ከ{company}',
    opening: 'እናመሰግናለን። ለደረሰኝ {number} {amount} ተቀብለናል።',
    rest: '{amount} ገና አልተከፈለም።',
  },
  paymentFailed: {
    subject: 'ለ{company} ያደረጉት ክፍያ አልተሳካም',
    opening: 'ለደረሰኝ {number} {amount} መቀበል አልቻልንም።',
    ask: 'እባክዎ የክፍያ ዘዴዎን ያረጋግጡ፣ ወይም ከታች ባለው አዝራር አሁን ይክፈሉ።',
  },
  phonePrompt: {
    subject: 'ዛሬ {amount} በስልክዎ እንጠይቃለን',
    opening: 'ከሁለት ሰዓት ያህል በኋላ ለ{company} ደረሰኝ {number} {amount} እንዲያረጋግጡ በስልክዎ ይጠየቃሉ።',
    ask: 'እባክዎ በቂ ገንዘብና የሚስጥር ቁጥርዎን ያዘጋጁ፣ ወይም ከታች ባለው ቁልፍ አሁን ይክፈሉ።',
  },
  reminder: {
    subject: 'ደረሰኝ {number} የሚከፈለው {date} ነው',
    opening: 'ከ{company} የተላከው ደረሰኝ {number} ላይ ያለው {amount} የሚከፈለው {date} መሆኑን እናስታውስዎታለን።',
  },
  overdue: {
    subject: 'የደረሰኝ {number} መክፈያ ቀን አልፏል',
    opening: 'ከ{company} የተላከው ደረሰኝ {number} መከፈል የነበረበት {date} ነበር፣ {amount} ገና አልተከፈለም።',
    ask: 'እባክዎ በተቻለ ፍጥነት ይክፈሉ።',
  },
  trialEnding: {
    subject: 'የ{plan} ሙከራዎ {date} ያበቃል',
    opening: 'በ{company} የ{plan} ሙከራዎ {date} ያበቃል።',
    begins: 'በዚያን ጊዜ የደንበኝነት ምዝገባዎ ይጀምራል፣ ክፍያም ይጠየቃሉ። ካልፈለጉት ከዚያ በፊት ይሰርዙት።',
  },
  cardExpiring: {
    subject: 'የካርድዎ ጊዜ በቅርቡ ያበቃል',
    opening: 'ለ{company} የሚከፍሉበት በ{last4} የሚያበቃው ካርድ ጊዜው በ{month} መጨረሻ ያበቃል።',
    ask: 'ቀጣይ ክፍያዎችዎ እንዲሳኩ እባክዎ አዲስ ካርድ ያስገቡ።',
    button: 'ካርዱን ያድሱ',
  },
  creditNote: {
    subject: 'የብድር ማስታወሻ {number} ከ{company}',
    opening: 'ለደረሰኝ {invoice} {amount} ተመላሽ አድርገንልዎታል።',
  },
  passwordReset: {
    subject: 'አዲስ የይለፍ ቃል ያስገቡ',
    opening: 'አንድ ሰው፣ እርስዎ እንደሆኑ ተስፋ እናደርጋለን፣ ለNovaBilling መለያዎ አዲስ የይለፍ ቃል ጠይቋል።',
    once: 'አገናኙ የሚሰራው አንድ ጊዜ እና ለአንድ ሰዓት ነው። አዲስ የይለፍ ቃል ማስገባት ከሁሉም ቦታ ያስወጣዎታል።',
    button: 'አዲስ የይለፍ ቃል ያስገቡ',
    footer: 'እርስዎ ካልሆኑ ምንም ማድረግ አይጠበቅብዎትም፤ የይለፍ ቃልዎ እንዳለ ይቆያል።',
  },
  invitation: {
    subject: '{name} ወደ {company} ጋብዞዎታል',
    opening: '{name} በNovaBilling ላይ በ{company} የክፍያ አሰራር እንዲሰሩ ጋብዞዎታል።',
    once: 'አገናኙ እስከ {date} ድረስ አንድ ጊዜ ይሰራል።',
    button: 'ግብዣውን ይቀበሉ',
    footer: 'ይህ ስለ ምን እንደሆነ ካላወቁ ይህን መልዕክት ችላ ይበሉ።',
  },
  keyExpiring: {
    subject: 'የ{company} API ቁልፍ {date} ጊዜው ያበቃል',
    opening: 'የ{company} API ቁልፍ «{name}» {date} ጊዜው ያበቃል። ከዚያ በኋላ በእሱ የሚላኩ ጥያቄዎች ይከለከላሉ።',
    ask: 'ከዚያ በፊት ያድሱት ወይም አዲስ ይፍጠሩ፣ አሮጌው በሚሰራበት ቦታም ያስገቡት።',
    key: 'ቁልፍ',
    environment: 'አካባቢ',
  },
  webhookDisabled: {
    subject: 'የwebhook መቀበያ ተዘግቷል',
    opening: 'ወደ {url} webhook መላክ አቁመናል።',
    kept: 'ያልደረሰው ተቀምጧል። መቀበያው እንደገና ሲሰራ ይክፈቱት እና ያመለጠውን ከክስተቶች መዝገብ ያንብቡ።',
  },
  test: {
    subject: 'የNovaBilling ኢሜይል ይሰራል',
    opening: 'ይህ መልዕክት ኢሜይል መላክ ይቻል እንደሆነ ለማየት ተልኳል። ይቻላል።',
    footer: 'የNovaBilling መለያዎን የሚያስተዳድር ሰው ጠይቆታል።',
  },
}
