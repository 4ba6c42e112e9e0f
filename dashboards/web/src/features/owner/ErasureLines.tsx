import { List, Stack, Title } from '@mantine/core'
import type { Answer } from '../../api.ts'
import { number } from '../../components/format.tsx'
import { useWords } from '../../words/index.ts'

/** What was erased, and what stays and why. */
export function ErasureLines({ report }: { report: Answer<'POST /api/p/:secret/erase'> }) {
  const { t, lang } = useWords()
  return (
    <Stack gap="sm">
      <List size="sm">
        {report.erased.map(({ what, count }) => (
          <List.Item key={what}>
            {number(count, lang, 0)} {t(`rights.what.${what}`)}
          </List.Item>
        ))}
      </List>
      <Title order={3} fz="md">
        {t('rights.stays')}
      </Title>
      <List size="sm">
        {report.stays.map(({ what, count }) => (
          <List.Item key={what}>
            {what === 'mails-sent' ? '' : `${number(count, lang, 0)} `}
            {t(`rights.stay.${what}`)}
          </List.Item>
        ))}
      </List>
    </Stack>
  )
}
