import { Button, Group, Title } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useMay } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'

/** The head of a list of what left the product; whoever may repair can send something of it again. */
export function SendAgain(props: { title: string; busy: boolean; nothing: boolean; send: () => void }) {
  const { t } = useWords()
  const mayRepair = useMay()('ingest.repair')
  return (
    <Group justify="space-between" mb="sm" gap="sm">
      <Title order={2}>{props.title}</Title>
      {mayRepair && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          loading={props.busy}
          disabled={props.nothing}
          onClick={props.send}
        >
          {t('data.sendAgain')}
        </Button>
      )}
    </Group>
  )
}
