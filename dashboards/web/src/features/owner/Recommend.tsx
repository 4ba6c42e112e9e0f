import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { ApiError, call } from '../../api.ts'
import { useWords } from '../../words/index.ts'

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
    <Stack gap="xs">
      <Title order={2}>{t('members.recommend')}</Title>
      {said ? (
        <Text role="status">{said}</Text>
      ) : (
        <Group gap={6}>
          {SCORES.map((score) => (
            <Button key={score} size="compact-md" variant="default" onClick={() => void say(score)}>
              {score}
            </Button>
          ))}
        </Group>
      )}
    </Stack>
  )
}
