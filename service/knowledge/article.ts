import { z } from 'zod'
import { idSchema, type Millis, type Text, textOf } from '../../core/index.ts'

/** For whom an article is written: who owns the appliance, who answers the telephone, or who comes. */
export const audiences = ['owner', 'agent', 'engineer'] as const
export type Audience = (typeof audiences)[number]
export const articleStates = ['draft', 'published', 'retired'] as const
export type ArticleState = (typeof articleStates)[number]

const name = z.string().min(1).max(128)
const longText = textOf(z.string().trim().min(1).max(5_000))

/** What a person writes of an article: English and Chinese always, each line of its text one step. */
export const articleContentSchema = z.object({
  kind: name,
  /** Only of these; none: of every model of its kind. */
  models: z.array(name).max(50).default([]),
  modes: z.array(name).max(20).default([]),
  audience: z.enum(audiences).default('owner'),
  title: textOf(z.string().trim().min(1).max(200)),
  text: longText,
})
export type ArticleContent = z.infer<typeof articleContentSchema>

/** An article that comes with the product. */
export const shippedArticleSchema = articleContentSchema.extend({ id: idSchema })
export type ShippedArticle = z.infer<typeof shippedArticleSchema>

/** One writing of an article; what was published once is never changed. */
export interface ArticleVersion {
  version: number
  at: Millis
  by: string
  title: Text
  text: Text
  reviewedBy?: string
  reviewedAt?: Millis
}

/** How often it was tried, and what came of it. */
export interface ArticleSuccess {
  /** Answers: it helped, or it did not. */
  tried: number
  helped: number
  /** Of those that it helped: reported again within the days of a guide. */
  failed: number
  /** (helped − failed) ÷ tried; null before anybody has tried it. */
  rate: number | null
}

export interface Article {
  id: string
  kind: string
  models: string[]
  modes: string[]
  audience: Audience
  state: ArticleState
  /** Who wrote it first: it came with the product, was made of a ticket, or is a person's. */
  origin: 'shipped' | 'ticket' | 'person'
  ticket?: string
  version: number
  title: Text
  text: Text
  by: string
  updatedAt: Millis
  success: ArticleSuccess
}
