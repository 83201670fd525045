import type { MailWords } from './words.ts'

export const pt: MailWords = {
  hello: 'Olá {name},',
  helloUnnamed: 'Olá,',
  fallback: 'Se o botão não funcionar, abra este endereço:',
  attached: 'O documento segue em anexo, em PDF.',
  forCustomers: 'Recebe esta mensagem porque é cliente de {company}.',
  forMembers: 'Recebe esta mensagem porque gere esta conta NovaBilling.',
  plan: 'Plano',
  trialEnds: 'Fim do período experimental',
  card: 'Cartão',
  expires: 'Expira',
  viewAndPay: 'Ver e pagar',
  viewInvoice: 'Ver a fatura',
  payNow: 'Pagar agora',
  nothingToDo: 'Se já pagou, não precisa de fazer nada.',
  invoice: {
    subject: 'Fatura {number} de {company}',
    opening: 'Aqui está a sua fatura {number} de {company}, no valor de {total}.',
    due: 'Por favor, pague {amount} até {date}.',
    nothingDue: 'Não há nada a pagar.',
  },
  receipt: {
    subject: 'O seu recibo de {company}',
    opening: 'Obrigado. Recebemos {amount} da fatura {number}.',
    rest: 'Faltam ainda {amount}.',
  },
  paymentFailed: {
    subject: 'O seu pagamento a {company} não foi concluído',
    opening: 'Não conseguimos cobrar {amount} da fatura {number}.',
    ask: 'Verifique o seu meio de pagamento ou pague agora com o botão abaixo.',
  },
  phonePrompt: {
    subject: 'Hoje pedimos {amount} no seu telemóvel',
    opening:
      'Dentro de cerca de duas horas será pedido no seu telemóvel que confirme {amount} da fatura {number} da {company}.',
    ask: 'Tenha saldo suficiente e o seu PIN à mão, ou pague já com o botão abaixo.',
  },
  reminder: {
    subject: 'A fatura {number} vence em {date}',
    opening: 'Lembramos que {amount} da fatura {number} de {company} vencem em {date}.',
  },
  overdue: {
    subject: 'A fatura {number} está em atraso',
    opening: 'A fatura {number} de {company} venceu em {date} e faltam ainda {amount}.',
    ask: 'Por favor, pague-a assim que puder.',
  },
  trialEnding: {
    subject: 'O seu período experimental de {plan} termina em {date}',
    opening: 'O seu período experimental de {plan} em {company} termina em {date}.',
    begins: 'A sua subscrição começa nesse momento e ser-lhe-á cobrada. Se não a quiser, cancele-a antes.',
  },
  cardExpiring: {
    subject: 'O seu cartão expira em breve',
    opening: 'O cartão terminado em {last4} com que paga a {company} expira no fim de {month}.',
    ask: 'Por favor, indique um novo para que os próximos pagamentos sejam concluídos.',
    button: 'Atualizar o cartão',
  },
  creditNote: {
    subject: 'Nota de crédito {number} de {company}',
    opening: 'Creditámos-lhe {amount} da fatura {invoice}.',
  },
  passwordReset: {
    subject: 'Defina uma nova palavra-passe',
    opening:
      'Alguém, esperamos que tenha sido você, pediu uma nova palavra-passe para a sua conta NovaBilling.',
    once: 'A ligação funciona uma vez e durante uma hora. Uma nova palavra-passe termina todas as suas sessões.',
    button: 'Definir nova palavra-passe',
    footer: 'Se não foi você, não precisa de fazer nada: a sua palavra-passe continua a mesma.',
  },
  invitation: {
    subject: '{name} convida-o para {company}',
    opening: '{name} convida-o a trabalhar na faturação de {company} no NovaBilling.',
    once: 'A ligação funciona uma vez, até {date}.',
    button: 'Aceitar o convite',
    footer: 'Se não sabe do que se trata, ignore esta mensagem.',
  },
  keyExpiring: {
    subject: 'Uma chave de API de {company} expira em {date}',
    opening:
      'A chave de API “{name}” de {company} expira em {date}. A partir daí, os pedidos com ela são recusados.',
    ask: 'Renove-a ou crie outra antes, e coloque-a onde a antiga é usada.',
    key: 'Chave',
    environment: 'Ambiente',
  },
  webhookDisabled: {
    subject: 'Um destino de webhooks foi desativado',
    opening: 'Deixámos de enviar webhooks para {url}.',
    gone: 'Respondeu 410 Gone: já não quer receber nada.',
    silent: 'Nada lhe chegou durante {days} dias.',
    answered: 'Da última vez respondeu {status}.',
    unanswered: 'Da última vez não veio resposta.',
    kept: 'O que não pôde ser entregue fica guardado. Quando o destino voltar a funcionar, ative-o e leia o que perdeu no registo de eventos.',
  },
  test: {
    subject: 'O correio do NovaBilling funciona',
    opening: 'Esta mensagem foi enviada para ver se o correio pode ser enviado. Pode.',
    footer: 'Foi pedida por alguém que gere a sua conta NovaBilling.',
  },
}
