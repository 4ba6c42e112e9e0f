import { Text, Timeline } from '@mantine/core'
import type { OwnerView } from '../../api.ts'
import { exactTime } from '../../components/format.tsx'
import { Panel } from '../../components/Page.tsx'
import { useWords } from '../../words/index.ts'

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
      <Timeline active={done.length - 1} bulletSize={14} lineWidth={2}>
        {done.map(({ at, state }) => (
          <Timeline.Item key={`${state}/${at}`} title={t(`owner.step.${state}`)}>
            <Text size="xs" c="dimmed">
              {exactTime(at, lang)}
            </Text>
          </Timeline.Item>
        ))}
        {toCome.map((state) => (
          <Timeline.Item
            key={state}
            title={
              <Text span c="dimmed">
                {t(`owner.toCome.${state}`)}
              </Text>
            }
          />
        ))}
      </Timeline>
    </Panel>
  )
}
