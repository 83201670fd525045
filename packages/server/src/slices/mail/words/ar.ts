import type { MailWords } from './words.ts'

export const ar: MailWords = {
  hello: 'مرحبًا {name}،',
  helloUnnamed: 'مرحبًا،',
  fallback: 'إذا لم يعمل الزر، فافتحوا هذا العنوان:',
  attached: 'الملف مرفق بهذه الرسالة بصيغة PDF.',
  forCustomers: 'تصلكم هذه الرسالة لأنكم من عملاء {company}.',
  forMembers: 'تصلكم هذه الرسالة لأنكم تديرون حساب NovaBilling هذا.',
  plan: 'الخطة',
  trialEnds: 'نهاية الفترة التجريبية',
  card: 'البطاقة',
  expires: 'تنتهي صلاحيتها',
  viewAndPay: 'عرض الفاتورة ودفعها',
  viewInvoice: 'عرض الفاتورة',
  payNow: 'ادفع الآن',
  nothingToDo: 'إذا كنتم قد دفعتم بالفعل، فلا حاجة إلى أي إجراء.',
  invoice: {
    subject: 'الفاتورة {number} من {company}',
    opening: 'هذه فاتورتكم {number} من {company} بمبلغ {total}.',
    due: 'يُرجى دفع {amount} قبل {date}.',
    nothingDue: 'لا يوجد ما يجب دفعه.',
  },
  receipt: {
    subject: 'إيصالكم من {company}',
    opening: 'شكرًا لكم. لقد استلمنا {amount} عن الفاتورة {number}.',
    rest: 'لا يزال مبلغ {amount} مستحقًا.',
  },
  paymentFailed: {
    subject: 'لم تتم عملية الدفع إلى {company}',
    opening: 'لم نتمكن من تحصيل {amount} عن الفاتورة {number}.',
    ask: 'يُرجى التحقق من وسيلة الدفع، أو الدفع الآن بالزر أدناه.',
  },
  phonePrompt: {
    subject: 'نطلب اليوم {amount} على هاتفكم',
    opening: 'خلال ساعتين تقريبًا سيُطلب منكم على هاتفكم تأكيد دفع {amount} عن الفاتورة {number} من {company}.',
    ask: 'يُرجى التأكد من كفاية الرصيد وتجهيز الرقم السري، أو الدفع الآن بالزر أدناه.',
  },
  reminder: {
    subject: 'الفاتورة {number} مستحقة في {date}',
    opening: 'نذكركم بأن مبلغ {amount} من الفاتورة {number} من {company} مستحق في {date}.',
  },
  overdue: {
    subject: 'الفاتورة {number} متأخرة',
    opening: 'كانت الفاتورة {number} من {company} مستحقة في {date}، ولا يزال مبلغ {amount} غير مدفوع.',
    ask: 'يُرجى دفعها في أقرب وقت ممكن.',
  },
  trialEnding: {
    subject: 'تنتهي فترتكم التجريبية لخطة {plan} في {date}',
    opening: 'تنتهي فترتكم التجريبية لخطة {plan} لدى {company} في {date}.',
    begins: 'يبدأ اشتراككم عندئذ ويُحصَّل ثمنه. إذا كنتم لا تريدونه، فألغوه قبل ذلك.',
  },
  cardExpiring: {
    subject: 'ستنتهي صلاحية بطاقتكم قريبًا',
    opening: 'تنتهي صلاحية البطاقة المنتهية بالأرقام {last4} التي تدفعون بها إلى {company} في نهاية {month}.',
    ask: 'يُرجى إضافة بطاقة جديدة كي تتم مدفوعاتكم القادمة.',
    button: 'تحديث البطاقة',
  },
  creditNote: {
    subject: 'إشعار دائن {number} من {company}',
    opening: 'لقد قيّدنا لحسابكم {amount} عن الفاتورة {invoice}.',
  },
  passwordReset: {
    subject: 'تعيين كلمة مرور جديدة',
    opening: 'طلب أحدهم، ونأمل أن تكونوا أنتم، كلمة مرور جديدة لحسابكم في NovaBilling.',
    once: 'يعمل الرابط مرة واحدة ولمدة ساعة. تعيين كلمة مرور جديدة يُنهي جميع جلساتكم.',
    button: 'تعيين كلمة مرور جديدة',
    footer: 'إذا لم تكونوا أنتم، فلا حاجة إلى أي إجراء: تبقى كلمة المرور كما هي.',
  },
  invitation: {
    subject: 'يدعوكم {name} إلى {company}',
    opening: 'يدعوكم {name} إلى العمل على فوترة {company} في NovaBilling.',
    once: 'يعمل الرابط مرة واحدة، حتى {date}.',
    button: 'قبول الدعوة',
    footer: 'إذا كنتم لا تعرفون ما هذا، فتجاهلوا هذه الرسالة.',
  },
  keyExpiring: {
    subject: 'تنتهي صلاحية مفتاح API لدى {company} في {date}',
    opening:
      'تنتهي صلاحية مفتاح API المسمى «{name}» لدى {company} في {date}. وتُرفض الطلبات التي تستخدمه بعد ذلك.',
    ask: 'جدّدوه أو أنشئوا مفتاحًا جديدًا قبل ذلك، وضعوه حيث يُستخدم القديم.',
    key: 'المفتاح',
    environment: 'البيئة',
  },
  webhookDisabled: {
    subject: 'تم إيقاف نقطة استقبال webhook',
    opening: 'توقفنا عن إرسال webhooks إلى {url}.',
    gone: 'أجابت بالرمز 410 Gone: لم تعد تريد شيئًا.',
    silent: 'لم يصل إليها شيء طوال {days} أيام.',
    answered: 'أجابت في المرة الأخيرة بالرمز {status}.',
    unanswered: 'في المرة الأخيرة لم يصل أي رد.',
    kept: 'ما لم يمكن تسليمه محفوظ. عندما تعمل نقطة الاستقبال من جديد، فعّلوها واقرؤوا ما فاتها من سجل الأحداث.',
  },
  test: {
    subject: 'البريد من NovaBilling يعمل',
    opening: 'أُرسلت هذه الرسالة للتحقق من إمكانية إرسال البريد. وهو يعمل.',
    footer: 'طلبها أحد من يديرون حسابكم في NovaBilling.',
  },
}
