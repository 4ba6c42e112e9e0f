import { z } from 'zod'

/** Ids of appliances and gateways share one name space, because they share MQTT's client ids. */
export const idPattern = /^[A-Za-z0-9_-]{1,64}$/
export const idSchema = z.string().regex(idPattern, 'must be 1 to 64 characters of A-Z a-z 0-9 _ -')

export type ApplianceId = string
export type AlertId = string
export type TicketId = string
export type EngineerId = string
export type PartId = string

/** The words of a text that owners and engineers read, one for each language served. */
export interface Text {
  en: string
  zh: string
}
export const bothTexts = z.object({ en: z.string(), zh: z.string() })
export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

/** A text in the language of who reads it. */
export const say = (text: Text, language: Language): string => text[language]
