/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import { call } from '../call.ts'
import { Button, Row } from './controls.tsx'
import { useAnswer } from './useAnswer.ts'
import { useWords } from './words.ts'

/** What its owner may read and try before somebody comes. */
export function TicketReading({ secret, refresh }: { secret: string; refresh: () => void }) {
  const { t, say } = useWords()
  const { data } = useAnswer('GET /api/t/:secret/articles', { secret })
  const [tried, setTried] = useState<ReadonlySet<string>>(new Set())
  if (!data || data.items.length === 0) return null
  const tell = async (article: string, helped: boolean) => {
    await call('POST /api/t/:secret/articles/:article/tried', { secret, article }, { helped })
    setTried(new Set([...tried, article]))
    refresh()
  }
  return (
    <section>
      <h2>{t('knowledge.ownerTitle')}</h2>
      {data.items.map(({ id, title, text }) => (
        <details key={id} class="card">
          <summary>{say(title)}</summary>
          <Lines text={say(text)} />
          {tried.has(id) ? (
            <p>{t('knowledge.thanks')}</p>
          ) : (
            <Row>
              <Button look="soft" onClick={() => void tell(id, true)}>
                {t('knowledge.helped')}
              </Button>
              <Button onClick={() => void tell(id, false)}>{t('knowledge.notHelped')}</Button>
            </Row>
          )}
        </details>
      ))}
    </section>
  )
}

/** The text of an article: one line, one step. */
const Lines = ({ text }: { text: string }) => (
  <ol>
    {text
      .split('\n')
      .filter((line) => line.trim())
      .map((line) => (
        <li key={line}>{line}</li>
      ))}
  </ol>
)
