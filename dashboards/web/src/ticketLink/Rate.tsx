/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Button, TextField } from './controls.tsx'
import { useWords } from './words.ts'

const STARS = [1, 2, 3, 4, 5]

export function Rate({ busy, rate }: { busy: boolean; rate: (stars: number, text: string) => void }) {
  const { t } = useWords()
  const [stars, setStars] = useState(0)
  const [text, setText] = useState('')
  return (
    <section class="card">
      <h2>{t('owner.rate')}</h2>
      <div class="stars" role="radiogroup" aria-label={t('owner.rate')}>
        {STARS.map((count) => (
          <label key={count} data-lit={count <= stars || undefined}>
            <input
              type="radio"
              name="stars"
              aria-label={t('owner.stars', { count })}
              checked={count === stars}
              onChange={() => setStars(count)}
            />
            ★
          </label>
        ))}
      </div>
      {stars > 0 && (
        <>
          <TextField label={t('owner.rateText')} value={text} onChange={setText} />
          <Button look="main" disabled={busy} onClick={() => rate(stars, text)}>
            {t('common.send')}
          </Button>
        </>
      )}
    </section>
  )
}

/** A rating that was given. */
export function Stars({ of, children }: { of: number; children: ComponentChildren }) {
  const { t } = useWords()
  return (
    <p class="stars">
      <span role="img" aria-label={t('owner.stars', { count: of })}>
        {STARS.map((count) => (
          <span key={count} data-lit={count <= of || undefined}>
            ★
          </span>
        ))}
      </span>
      <small>{children}</small>
    </p>
  )
}
