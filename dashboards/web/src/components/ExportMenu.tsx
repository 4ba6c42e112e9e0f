import { Button, Menu } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useWords } from '../words/index.ts'

/** What is seen, as a file that the server writes. */
export function ExportMenu({
  address,
  disabled,
}: {
  address: (format: 'csv' | 'parquet') => string
  disabled?: boolean
}) {
  const { t } = useWords()
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          disabled={disabled ?? false}
          leftSection={<IconDownload size={14} aria-hidden />}
        >
          {t('chart.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['csv', 'parquet'] as const).map((format) => (
          <Menu.Item key={format} component="a" href={address(format)} download>
            {t(`chart.files.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
