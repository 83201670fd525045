import type { MailWords } from './words.ts'

export const fr: MailWords = {
  hello: 'Bonjour {name},',
  helloUnnamed: 'Bonjour,',
  fallback: 'Si le bouton ne fonctionne pas, ouvrez cette adresse :',
  attached: 'Le document est joint à ce message, au format PDF.',
  forCustomers: 'Vous recevez ce message parce que vous êtes client de {company}.',
  forMembers: 'Vous recevez ce message parce que vous gérez ce compte NovaBilling.',
  plan: 'Formule',
  trialEnds: 'Fin de l’essai',
  card: 'Carte',
  expires: 'Expire',
  viewAndPay: 'Voir et payer',
  viewInvoice: 'Voir la facture',
  payNow: 'Payer maintenant',
  nothingToDo: 'Si vous avez déjà payé, vous n’avez rien à faire.',
  invoice: {
    subject: 'Facture {number} de {company}',
    opening: 'Voici votre facture {number} de {company}, d’un montant de {total}.',
    due: 'Merci de régler {amount} avant le {date}.',
    nothingDue: 'Il n’y a rien à payer.',
  },
  receipt: {
    subject: 'Votre reçu de {company}',
    opening: 'Merci. Nous avons reçu {amount} pour la facture {number}.',
    rest: 'Il reste {amount} à payer.',
  },
  paymentFailed: {
    subject: 'Votre paiement à {company} n’a pas abouti',
    opening: 'Nous n’avons pas pu encaisser {amount} pour la facture {number}.',
    ask: 'Vérifiez votre moyen de paiement, ou payez maintenant avec le bouton ci-dessous.',
  },
  phonePrompt: {
    subject: 'Aujourd’hui, nous demandons {amount} sur votre téléphone',
    opening:
      'Dans environ deux heures, votre téléphone vous demandera de confirmer {amount} pour la facture {number} de {company}.',
    ask: 'Merci de prévoir un solde suffisant et votre code PIN, ou de payer dès maintenant avec le bouton ci-dessous.',
  },
  reminder: {
    subject: 'La facture {number} est à payer le {date}',
    opening: 'Nous vous rappelons que {amount} de la facture {number} de {company} sont à payer le {date}.',
  },
  overdue: {
    subject: 'La facture {number} est en retard',
    opening: 'La facture {number} de {company} était à payer le {date}, et il reste {amount} à régler.',
    ask: 'Merci de la régler dès que possible.',
  },
  trialEnding: {
    subject: 'Votre essai de {plan} se termine le {date}',
    opening: 'Votre essai de {plan} chez {company} se termine le {date}.',
    begins:
      'Votre abonnement commence alors et vous sera facturé. Si vous n’en voulez pas, résiliez-le avant.',
  },
  cardExpiring: {
    subject: 'Votre carte expire bientôt',
    opening: 'La carte se terminant par {last4}, avec laquelle vous payez {company}, expire fin {month}.',
    ask: 'Merci d’en indiquer une nouvelle pour que vos prochains paiements aboutissent.',
    button: 'Mettre la carte à jour',
  },
  creditNote: {
    subject: 'Avoir {number} de {company}',
    opening: 'Nous vous avons crédité {amount} sur la facture {invoice}.',
  },
  passwordReset: {
    subject: 'Choisissez un nouveau mot de passe',
    opening: 'Quelqu’un, vous sans doute, a demandé un nouveau mot de passe pour votre compte NovaBilling.',
    once: 'Le lien fonctionne une fois et pendant une heure. Un nouveau mot de passe vous déconnecte partout.',
    button: 'Choisir un nouveau mot de passe',
    footer: 'Si ce n’était pas vous, vous n’avez rien à faire : votre mot de passe reste le même.',
  },
  invitation: {
    subject: '{name} vous invite chez {company}',
    opening: '{name} vous invite à travailler sur la facturation de {company} avec NovaBilling.',
    once: 'Le lien fonctionne une fois, jusqu’au {date}.',
    button: 'Accepter l’invitation',
    footer: 'Si vous ne savez pas de quoi il s’agit, ignorez ce message.',
  },
  keyExpiring: {
    subject: 'Une clé d’API de {company} expire le {date}',
    opening:
      'La clé d’API « {name} » de {company} expire le {date}. Les requêtes qui l’utilisent seront ensuite refusées.',
    ask: 'Renouvelez-la ou créez-en une autre avant, et mettez-la là où l’ancienne est utilisée.',
    key: 'Clé',
    environment: 'Environnement',
  },
  webhookDisabled: {
    subject: 'Un point de réception de webhooks a été désactivé',
    opening: 'Nous avons cessé d’envoyer des webhooks à {url}.',
    gone: 'Il a répondu 410 Gone : il n’en veut plus.',
    silent: 'Rien ne lui est parvenu pendant {days} jours.',
    answered: 'La dernière fois, il a répondu {status}.',
    unanswered: 'La dernière fois, aucune réponse n’est venue.',
    kept: 'Ce qui n’a pas pu être livré est conservé. Quand le point de réception fonctionne à nouveau, réactivez-le et lisez ce qu’il a manqué dans le journal des événements.',
  },
  test: {
    subject: 'Les messages de NovaBilling fonctionnent',
    opening: 'Ce message a été envoyé pour vérifier que l’envoi fonctionne. Il fonctionne.',
    footer: 'Une personne qui gère votre compte NovaBilling l’a demandé.',
  },
}
