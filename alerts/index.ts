/**
 * alerts: a detection becomes an alert with a life, asks for a ticket, and people are told.
 * In: Detection (core). Out: Alert, the Announcer that tells people, the JobQueue that carries notices outside.
 * Start at alertMachine.ts and decideAlert.ts (pure), then openAlerts.ts; what many share: cohort/decideCohort.ts (pure); notices: announcer.ts, outboxQueue.ts.
 */
export { alertMigrations } from './alertTable.ts'
export { deferralMigrations, listNotices, noticeMigrations, openAnnouncer, readNotices } from './announcer.ts'
export { openBullQueue } from './bullQueue.ts'
export { mailFile } from './channels/mailFile.ts'
export { type PublicTargets, publicTargets } from './channels/publicTarget.ts'
export { smtpMail } from './channels/smtp.ts'
export { signedWebhook } from './channels/webhook.ts'
export { type PushKeys, pushKeys, webPushNotifier } from './channels/webPush.ts'
export { cohortMigrations } from './cohort/cohortTable.ts'
export { fareMigrations, openFare } from './fare.ts'
export { type Alerts, openAlerts } from './openAlerts.ts'
export { type OwnersLink, openOutboxQueue } from './outboxQueue.ts'
