import { Text } from '@mantine/core'
import type { Article } from '../../api.ts'
import { percent } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

/** How often it helped, and how often it only seemed to. */
export function HowItHelps({ success }: { success: Article['success'] }) {
  const { t, lang } = useWords()
  const { tried, helped, failed, rate } = success
  return (
    <Text size="xs" c="dimmed" mt={6}>
      {rate === null
        ? t('knowledge.untried')
        : t('knowledge.helps', { helped: helped - failed, tried, share: percent(rate, lang) })}
      {failed > 0 && ` · ${t('knowledge.failedAgain', { count: failed })}`}
    </Text>
  )
}
