/** The words of an invoice. `{amount}` and `{date}`, `{page}` and `{pages}` are filled in. */
export type Labels = {
  readonly invoice: string
  readonly creditNote: string
  readonly number: string
  readonly issued: string
  readonly due: string
  readonly paidOn: string
  readonly corrects: string
  readonly reason: string
  readonly duplicate: string
  readonly unsatisfactory: string
  readonly orderChange: string
  readonly settled: string
  readonly refunded: string
  readonly toBalance: string
  readonly from: string
  readonly billTo: string
  readonly taxId: string
  readonly description: string
  readonly quantity: string
  readonly unitPrice: string
  readonly amount: string
  readonly subtotal: string
  readonly discount: string
  readonly taxOnBase: string
  readonly total: string
  readonly amountPaid: string
  readonly amountCredited: string
  readonly amountDue: string
  readonly notes: string
  readonly payOnline: string
  readonly dueHeadline: string
  readonly dueHeadlineUndated: string
  readonly paidHeadline: string
  readonly creditHeadline: string
  readonly paid: string
  readonly draft: string
  readonly void: string
  readonly uncollectible: string
  readonly page: string
}

const en: Labels = {
  invoice: 'Invoice',
  creditNote: 'Credit note',
  number: 'Number',
  issued: 'Issued',
  due: 'Due',
  paidOn: 'Paid on',
  corrects: 'Corrects invoice',
  reason: 'Reason',
  duplicate: 'Charged twice',
  unsatisfactory: 'Product unsatisfactory',
  orderChange: 'Order changed',
  settled: 'Taken off the invoice',
  refunded: 'Refund',
  toBalance: 'Added to your balance',
  from: 'From',
  billTo: 'Bill to',
  taxId: 'Tax ID',
  description: 'Description',
  quantity: 'Quantity',
  unitPrice: 'Unit price',
  amount: 'Amount',
  subtotal: 'Subtotal',
  discount: 'Discount',
  taxOnBase: '{tax} on {base}',
  total: 'Total',
  amountPaid: 'Paid',
  amountCredited: 'Credited',
  amountDue: 'Amount due',
  notes: 'Notes',
  payOnline: 'Pay online',
  dueHeadline: '{amount} due {date}',
  dueHeadlineUndated: '{amount} due',
  paidHeadline: '{amount} paid {date}',
  creditHeadline: '{amount} credited',
  paid: 'Paid',
  draft: 'Draft',
  void: 'Void',
  uncollectible: 'Uncollectible',
  page: 'Page {page} of {pages}',
}

const fr: Labels = {
  invoice: 'Facture',
  creditNote: 'Avoir',
  number: 'Numéro',
  issued: 'Émise le',
  due: 'Échéance',
  paidOn: 'Payée le',
  corrects: 'Rectifie la facture',
  reason: 'Motif',
  duplicate: 'Facturé deux fois',
  unsatisfactory: 'Produit non satisfaisant',
  orderChange: 'Commande modifiée',
  settled: 'Imputé sur la facture',
  refunded: 'Remboursement',
  toBalance: 'Ajouté à votre solde',
  from: 'De',
  billTo: 'Facturé à',
  taxId: 'N° fiscal',
  description: 'Description',
  quantity: 'Quantité',
  unitPrice: 'Prix unitaire',
  amount: 'Montant',
  subtotal: 'Sous-total',
  discount: 'Remise',
  taxOnBase: '{tax} sur {base}',
  total: 'Total',
  amountPaid: 'Payé',
  amountCredited: 'Crédité',
  amountDue: 'Montant dû',
  notes: 'Remarques',
  payOnline: 'Payer en ligne',
  dueHeadline: '{amount} à payer avant le {date}',
  dueHeadlineUndated: '{amount} à payer',
  paidHeadline: '{amount} payés le {date}',
  creditHeadline: '{amount} crédités',
  paid: 'Payée',
  draft: 'Brouillon',
  void: 'Annulée',
  uncollectible: 'Irrécouvrable',
  page: 'Page {page} sur {pages}',
}

const pt: Labels = {
  invoice: 'Fatura',
  creditNote: 'Nota de crédito',
  number: 'Número',
  issued: 'Emitida em',
  due: 'Vencimento',
  paidOn: 'Paga em',
  corrects: 'Corrige a fatura',
  reason: 'Motivo',
  duplicate: 'Cobrado em duplicado',
  unsatisfactory: 'Produto insatisfatório',
  orderChange: 'Alteração do pedido',
  settled: 'Abatido na fatura',
  refunded: 'Reembolso',
  toBalance: 'Adicionado ao seu saldo',
  from: 'De',
  billTo: 'Faturar a',
  taxId: 'N.º fiscal',
  description: 'Descrição',
  quantity: 'Quantidade',
  unitPrice: 'Preço unitário',
  amount: 'Valor',
  subtotal: 'Subtotal',
  discount: 'Desconto',
  taxOnBase: '{tax} sobre {base}',
  total: 'Total',
  amountPaid: 'Pago',
  amountCredited: 'Creditado',
  amountDue: 'Valor a pagar',
  notes: 'Observações',
  payOnline: 'Pagar online',
  dueHeadline: '{amount} a pagar até {date}',
  dueHeadlineUndated: '{amount} a pagar',
  paidHeadline: '{amount} pagos em {date}',
  creditHeadline: '{amount} creditados',
  paid: 'Paga',
  draft: 'Rascunho',
  void: 'Anulada',
  uncollectible: 'Incobrável',
  page: 'Página {page} de {pages}',
}

const sw: Labels = {
  invoice: 'Ankara',
  creditNote: 'Hati ya salio',
  number: 'Namba',
  issued: 'Imetolewa',
  due: 'Mwisho wa kulipa',
  paidOn: 'Imelipwa',
  corrects: 'Inasahihisha ankara',
  reason: 'Sababu',
  duplicate: 'Imetozwa mara mbili',
  unsatisfactory: 'Bidhaa hairidhishi',
  orderChange: 'Agizo limebadilika',
  settled: 'Imepunguzwa kwenye ankara',
  refunded: 'Marejesho ya fedha',
  toBalance: 'Imeongezwa kwenye salio lako',
  from: 'Kutoka',
  billTo: 'Mteja',
  taxId: 'Namba ya kodi',
  description: 'Maelezo',
  quantity: 'Idadi',
  unitPrice: 'Bei ya kimoja',
  amount: 'Kiasi',
  subtotal: 'Jumla ndogo',
  discount: 'Punguzo',
  taxOnBase: '{tax} ya {base}',
  total: 'Jumla',
  amountPaid: 'Kilicholipwa',
  amountCredited: 'Kilichorejeshwa',
  amountDue: 'Kiasi cha kulipa',
  notes: 'Maelezo ya ziada',
  payOnline: 'Lipa mtandaoni',
  dueHeadline: '{amount} kulipwa kabla ya {date}',
  dueHeadlineUndated: '{amount} kulipwa',
  paidHeadline: '{amount} zimelipwa {date}',
  creditHeadline: '{amount} zimerejeshwa',
  paid: 'Imelipwa',
  draft: 'Rasimu',
  void: 'Imebatilishwa',
  uncollectible: 'Haiwezi kulipwa',
  page: 'Ukurasa {page} kati ya {pages}',
}

const ar: Labels = {
  invoice: 'فاتورة',
  creditNote: 'إشعار دائن',
  number: 'الرقم',
  issued: 'تاريخ الإصدار',
  due: 'تاريخ الاستحقاق',
  paidOn: 'تاريخ الدفع',
  corrects: 'تصحيح للفاتورة',
  reason: 'السبب',
  duplicate: 'تحصيل مكرر',
  unsatisfactory: 'منتج غير مُرضٍ',
  orderChange: 'تغيير الطلب',
  settled: 'مخصوم من الفاتورة',
  refunded: 'مبلغ مسترد',
  toBalance: 'مُضاف إلى رصيدكم',
  from: 'من',
  billTo: 'فاتورة إلى',
  taxId: 'الرقم الضريبي',
  description: 'الوصف',
  quantity: 'الكمية',
  unitPrice: 'سعر الوحدة',
  amount: 'المبلغ',
  subtotal: 'المجموع الفرعي',
  discount: 'الخصم',
  taxOnBase: '{tax} على {base}',
  total: 'الإجمالي',
  amountPaid: 'المدفوع',
  amountCredited: 'المُقيَّد',
  amountDue: 'المبلغ المستحق',
  notes: 'ملاحظات',
  payOnline: 'ادفع عبر الإنترنت',
  dueHeadline: '{amount} مستحقة في {date}',
  dueHeadlineUndated: '{amount} مستحقة',
  paidHeadline: '{amount} مدفوعة في {date}',
  creditHeadline: '{amount} مُقيَّدة لحسابكم',
  paid: 'مدفوعة',
  draft: 'مسودة',
  void: 'ملغاة',
  uncollectible: 'غير قابلة للتحصيل',
  page: 'صفحة {page} من {pages}',
}

const am: Labels = {
  invoice: 'ደረሰኝ',
  creditNote: 'የብድር ማስታወሻ',
  number: 'ቁጥር',
  issued: 'የወጣበት ቀን',
  due: 'የመክፈያ ቀን',
  paidOn: 'የተከፈለበት ቀን',
  corrects: 'የሚያርመው ደረሰኝ',
  reason: 'ምክንያት',
  duplicate: 'ሁለት ጊዜ የተከፈለ',
  unsatisfactory: 'አጥጋቢ ያልሆነ ምርት',
  orderChange: 'የትዕዛዝ ለውጥ',
  settled: 'ከደረሰኙ የተቀነሰ',
  refunded: 'ተመላሽ ገንዘብ',
  toBalance: 'ወደ ቀሪ ሂሳብዎ የተጨመረ',
  from: 'ከ',
  billTo: 'ለ',
  taxId: 'የግብር መለያ ቁጥር',
  description: 'መግለጫ',
  quantity: 'ብዛት',
  unitPrice: 'የአንዱ ዋጋ',
  amount: 'መጠን',
  subtotal: 'ንዑስ ድምር',
  discount: 'ቅናሽ',
  taxOnBase: '{tax} በ{base} ላይ',
  total: 'ጠቅላላ',
  amountPaid: 'የተከፈለ',
  amountCredited: 'የተመለሰ',
  amountDue: 'የሚከፈል መጠን',
  notes: 'ማስታወሻ',
  payOnline: 'በመስመር ላይ ይክፈሉ',
  dueHeadline: '{amount} እስከ {date} የሚከፈል',
  dueHeadlineUndated: '{amount} የሚከፈል',
  paidHeadline: '{amount} በ{date} ተከፍሏል',
  creditHeadline: '{amount} ተመላሽ ተደርጓል',
  paid: 'ተከፍሏል',
  draft: 'ረቂቅ',
  void: 'ተሰርዟል',
  uncollectible: 'የማይሰበሰብ',
  page: 'ገጽ {page} ከ{pages}',
}

/** The languages an invoice can speak, by their ISO 639 code. */
export const labelsByLanguage: Readonly<Record<string, Labels>> = { en, fr, pt, sw, ar, am }

export type Voice = {
  readonly locale: string
  readonly language: string
  readonly labels: Labels
  readonly rightToLeft: boolean
}

/**
 * How an invoice speaks in a locale. A language without words of ours, or a locale that is none, falls back to
 * English as a whole, in the locale's region (`de-DE` → `en-DE`), so that words and dates do not mix two languages.
 */
export function voiceOf(locale: string): Voice {
  const asked = localeOf(locale)
  const labels = labelsByLanguage[asked.language]
  if (!labels)
    return {
      locale: asked.region ? `en-${asked.region}` : 'en',
      language: 'en',
      labels: en,
      rightToLeft: false,
    }
  return { locale: asked.baseName, language: asked.language, labels, rightToLeft: asked.language === 'ar' }
}

function localeOf(tag: string): Intl.Locale {
  try {
    return new Intl.Locale(tag)
  } catch {
    return new Intl.Locale('en')
  }
}
