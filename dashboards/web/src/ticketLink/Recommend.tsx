/** @jsxImportSource preact */
import { useState } from 'preact/hooks'
import { ApiError, call } from '../call.ts'
import { Button } from './controls.tsx'
import { useWords } from './words.ts'

const SCORES = Array.from({ length: 11 }, (_, score) => score)

/** After a visit, once: would its owner recommend us? */
export function Recommend({ secret }: { secret: string }) {
  const { t } = useWords()
  const [said, setSaid] = useState<string>()
  const say = async (score: number) => {
    try {
      await call('POST /api/t/:secret/nps', { secret }, { score })
      setSaid(t('owner.thanks'))
    } catch (problem) {
      setSaid(problem instanceof ApiError && problem.status ? problem.message : t('common.offline'))
    }
  }
  return (
    <section>
      <h2>{t('members.recommend')}</h2>
      {said ? (
        <p role="status">{said}</p>
      ) : (
        <div class="scores">
          {SCORES.map((score) => (
            <Button key={score} onClick={() => void say(score)}>
              {score}
            </Button>
          ))}
        </div>
      )}
    </section>
  )
}
