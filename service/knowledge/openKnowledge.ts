import type { Catalog } from '../../catalog/index.ts'
import { type Appliance, because, type Clock, type Database, type Render, say, ticketCan } from '../../core/index.ts'
import type { Policy } from '../policy/policySchema.ts'
import type { TicketService } from '../tickets/ticketService.ts'
import type { TicketView } from '../tickets/ticketView.ts'
import type { Article, Audience } from './article.ts'
import { type ArticleBook, openArticleBook } from './articleBook.ts'
import { type Assistant, type AssistantModel, openAssistant } from './assistant.ts'
import { type DiagnosisBook, openDiagnosisBook } from './diagnosisBook.ts'
import { shipArticles } from './shippedArticles.ts'

/** What is known of appliances and their faults, in every language, and how a caller is led through it. */
export interface Knowledge {
  articles: ArticleBook
  diagnoses: DiagnosisBook
  assistant: Assistant
  /** What may help with this ticket, the likeliest fault first. */
  forTicket(
    ticket: Pick<TicketView, 'kind' | 'model' | 'failureMode' | 'hypotheses'>,
    reader: Audience,
  ): Promise<Article[]>
  /** The owner has tried one: where it helped nobody needs to come, and the appliance is asked for the proof. */
  ownerTried(
    ticket: Pick<TicketView, 'id' | 'appliance' | 'state'>,
    article: string,
    helped: boolean,
  ): Promise<TicketView | undefined>
}

interface KnowledgeOptions {
  database: Database
  clock: Clock
  catalog: Catalog
  policy: Policy
  render: Render
  desk: Pick<TicketService, 'report' | 'guideTried'>
  /** @throws Problem `retired` */
  appliance: (id: string) => Appliance
  /** Absent: nothing is asked of any model. */
  model?: AssistantModel | undefined
}

/** Beside a ticket stand no more than so many. */
const BESIDE = 6

export async function openKnowledge(options: KnowledgeOptions): Promise<Knowledge> {
  const { database, clock, catalog, policy, desk, appliance, render } = options
  await shipArticles(database, clock)
  const articles = openArticleBook({ database, clock, catalog, render, failedDays: () => policy.guideFailedDays })
  const diagnoses = openDiagnosisBook({
    database,
    clock,
    articles,
    inService: appliance,
    report: async (id, by, failureMode, said) => {
      const of = appliance(id)
      // A fault that has no name needs words: those of the last answer.
      const text =
        failureMode === undefined ? say(said ?? render(because('guided-diagnosis')), of.owner?.language ?? 'en') : ''
      return (await desk.report(of, by, text, failureMode, { channel: 'hotline' })).id
    },
  })
  return {
    articles,
    diagnoses,
    assistant: openAssistant(options.model, articles),
    async forTicket({ kind, model, failureMode, hypotheses }, reader) {
      const modes = [...(failureMode ? [failureMode] : []), ...hypotheses.map((one) => one.failureMode)]
      return (await articles.find({ kind, model, modes, reader })).slice(0, BESIDE)
    },
    async ownerTried({ id, appliance: of, state }, article, helped) {
      await articles.used({ article, appliance: of, ticket: id, by: 'owner', helped })
      return helped && ticketCan(state, 'guide') ? desk.guideTried(id, 'owner', true, article) : undefined
    },
  }
}
