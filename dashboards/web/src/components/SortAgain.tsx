import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useWords } from '../words/index.ts'

/** A list keeps its order while it is read; this puts it in order again. */
export function SortAgain({ sortAgain }: { sortAgain: () => void }) {
  const { t } = useWords()
  return (
    <Button size="compact-xs" variant="light" leftSection={<IconRefresh size={12} aria-hidden />} onClick={sortAgain}>
      {t('common.sortAgain')}
    </Button>
  )
}
