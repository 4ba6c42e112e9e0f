/**
 * alerts: a detection becomes an alert with a life, asks for a ticket, and people are told.
 * In: Detection (core). Out: Alert, the Announcer that tells people, the JobQueue that carries notices outside.
 * Start at alertMachine.ts and decideAlert.ts (pure), then openAlerts.ts; what many share: cohort/decideCohort.ts (pure); notices: announcer.ts, outboxQueue.ts.
 */
export type { Alerts } from './alertBook.ts'
export { alertRecords } from './alertRecords.ts'
export { alertMigrations } from './alertTable.ts'
export { deferralMigrations, listNotices, noticeMigrations, openAnnouncer, readNotices } from './announcer.ts'
export type { OwnersLink } from './attemptJob.ts'
export { openBullQueue } from './bullQueue.ts'
export { type ChannelBook, openChannelBook } from './channels/channelBook.ts'
export { channelMigrations } from './channels/channelTable.ts'
export { type MailFile, mailFile } from './channels/mailFile.ts'
export { messageNotifiers } from './channels/messageNotifiers.ts'
export { type MessageHost, type OutgoingHttp, outgoingHttp } from './channels/outgoingHttp.ts'
export { providerKinds, providerOf } from './channels/providers/providers.ts'
export { type PublicTargets, publicTargets } from './channels/publicTarget.ts'
export { subscribe, unsubscribe } from './channels/pushSubscriptions.ts'
export { secretBox } from './channels/secretBox.ts'
export { smtpMail } from './channels/smtp.ts'
export { signedWebhook } from './channels/webhook.ts'
export { type PushKeys, pushKeys, webPushNotifier } from './channels/webPush.ts'
export { cohortMigrations } from './cohort/cohortTable.ts'
export { decideAlert } from './decideAlert.ts'
export { type Deliveries, openDeliveries, RECEIPT_CHECK } from './delivery/deliveries.ts'
export { openAlerts } from './openAlerts.ts'
export { openOutboxQueue } from './outboxQueue.ts'
export { ownersNotices } from './ownersNotices.ts'
