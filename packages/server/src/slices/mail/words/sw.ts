import type { MailWords } from './words.ts'

export const sw: MailWords = {
  hello: 'Habari {name},',
  helloUnnamed: 'Habari,',
  fallback: 'Ikiwa kitufe hakifanyi kazi, fungua anwani hii:',
  attached: 'Imeambatishwa kama PDF.',
  forCustomers: 'Unapata barua hii kwa sababu wewe ni mteja wa {company}.',
  forMembers: 'Unapata barua hii kwa sababu unasimamia akaunti hii ya NovaBilling.',
  plan: 'Mpango',
  trialEnds: 'Jaribio linaisha',
  card: 'Kadi',
  expires: 'Inaisha muda',
  viewAndPay: 'Tazama na ulipe',
  viewInvoice: 'Tazama ankara',
  payNow: 'Lipa sasa',
  nothingToDo: 'Ikiwa umeshalipa, huhitaji kufanya chochote.',
  invoice: {
    subject: 'Ankara {number} kutoka {company}',
    opening: 'Hii ni ankara yako {number} kutoka {company} ya {total}.',
    due: 'Tafadhali lipa {amount} kabla ya {date}.',
    nothingDue: 'Hakuna cha kulipa.',
  },
  receipt: {
    subject: 'Risiti yako kutoka {company}',
    opening: 'Asante. Tumepokea {amount} kwa ankara {number}.',
    rest: 'Bado kuna {amount} ya kulipa.',
  },
  paymentFailed: {
    subject: 'Malipo yako kwa {company} hayakufanikiwa',
    opening: 'Hatukuweza kupokea {amount} kwa ankara {number}.',
    ask: 'Tafadhali angalia njia yako ya malipo, au lipa sasa kwa kitufe kilicho hapa chini.',
  },
  phonePrompt: {
    subject: 'Leo tunaomba {amount} kwenye simu yako',
    opening:
      'Baada ya takriban saa mbili utaombwa kwenye simu yako kuthibitisha {amount} kwa ankara {number} kutoka {company}.',
    ask: 'Tafadhali hakikisha una salio la kutosha na PIN yako iko karibu, au lipa sasa kwa kitufe kilicho hapa chini.',
  },
  reminder: {
    subject: 'Ankara {number} inapaswa kulipwa {date}',
    opening: 'Tunakukumbusha kwamba {amount} ya ankara {number} kutoka {company} inapaswa kulipwa {date}.',
  },
  overdue: {
    subject: 'Ankara {number} imechelewa kulipwa',
    opening: 'Ankara {number} kutoka {company} ilipaswa kulipwa {date}, na bado kuna {amount} ya kulipa.',
    ask: 'Tafadhali ilipe mapema iwezekanavyo.',
  },
  trialEnding: {
    subject: 'Jaribio lako la {plan} linaisha {date}',
    opening: 'Jaribio lako la {plan} kwa {company} linaisha {date}.',
    begins: 'Usajili wako unaanza wakati huo, na utatozwa. Ikiwa huutaki, uusitishe kabla ya hapo.',
  },
  cardExpiring: {
    subject: 'Kadi yako inakaribia kuisha muda',
    opening: 'Kadi inayoishia na {last4} unayotumia kulipa {company} inaisha muda mwishoni mwa {month}.',
    ask: 'Tafadhali tupe kadi mpya ili malipo yako yajayo yafanikiwe.',
    button: 'Badilisha kadi',
  },
  creditNote: {
    subject: 'Hati ya salio {number} kutoka {company}',
    opening: 'Tumekurudishia {amount} kwa ankara {invoice}.',
  },
  passwordReset: {
    subject: 'Weka nenosiri jipya',
    opening: 'Mtu fulani, tunatumai ni wewe, ameomba nenosiri jipya la akaunti yako ya NovaBilling.',
    once: 'Kiungo kinafanya kazi mara moja na kwa saa moja. Nenosiri jipya linakuondoa kwenye vifaa vyote.',
    button: 'Weka nenosiri jipya',
    footer: 'Ikiwa haikuwa wewe, huhitaji kufanya chochote: nenosiri lako linabaki lilivyo.',
  },
  invitation: {
    subject: '{name} anakualika {company}',
    opening: '{name} anakualika kufanya kazi na utozaji wa {company} kwenye NovaBilling.',
    once: 'Kiungo kinafanya kazi mara moja, hadi {date}.',
    button: 'Kubali mwaliko',
    footer: 'Ikiwa hujui hii inahusu nini, puuza barua hii.',
  },
  keyExpiring: {
    subject: 'Ufunguo wa API wa {company} unaisha muda {date}',
    opening:
      'Ufunguo wa API “{name}” wa {company} unaisha muda {date}. Baada ya hapo maombi yanayoutumia yatakataliwa.',
    ask: 'Ubadilishe au tengeneza mpya kabla ya hapo, na uuweke mahali ule wa zamani unapotumika.',
    key: 'Ufunguo',
    environment: 'Mazingira',
  },
  webhookDisabled: {
    subject: 'Kituo cha webhook kimezimwa',
    opening: 'Tumeacha kutuma webhook kwa {url}.',
    gone: 'Kilijibu 410 Gone: hakitaki kupokea tena.',
    silent: 'Hakuna kilichokifikia kwa siku {days}.',
    answered: 'Mara ya mwisho kilijibu {status}.',
    unanswered: 'Mara ya mwisho hakikujibu.',
    kept: 'Kile ambacho hakikuweza kufikishwa kimehifadhiwa. Kituo kikifanya kazi tena, kiwashe na usome kilichokosekana kwenye kumbukumbu ya matukio.',
  },
  test: {
    subject: 'Barua pepe za NovaBilling zinafanya kazi',
    opening: 'Barua hii imetumwa kuona kama barua pepe zinaweza kutumwa. Zinaweza.',
    footer: 'Mtu anayesimamia akaunti yako ya NovaBilling ameiomba.',
  },
}
