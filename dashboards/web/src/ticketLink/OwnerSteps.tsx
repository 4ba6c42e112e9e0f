/** @jsxImportSource preact */
import type { OwnerView } from '../api.ts'
import { exactTime } from '../components/plainText.ts'
import { Panel } from './controls.tsx'
import { useWords } from './words.ts'

/** Steps done, and those to come. */
export function OwnerSteps({ view }: { view: OwnerView }) {
  const { t, lang } = useWords()
  const done = view.steps.filter(({ state }) => state !== 'new')
  const path = view.hopedWay
  const here = path.indexOf(view.state as (typeof path)[number])
  const refuted = view.bill !== undefined && view.verification === undefined && view.state === 'closed'
  const toCome = view.isLost || refuted ? [] : path.slice(here < 0 ? 1 : here + 1)
  return (
    <Panel title={t('owner.steps')}>
      <ol class="steps">
        {done.map(({ at, state }) => (
          <li key={`${state}/${at}`} data-done>
            {t(`owner.step.${state}`)}
            <small>{exactTime(at, lang)}</small>
          </li>
        ))}
        {toCome.map((state) => (
          <li key={state} class="dim">
            {t(`owner.toCome.${state}`)}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
