import { ActionIcon, Card, CopyButton, Group, Title, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy, IconExternalLink } from '@tabler/icons-react'
import type { Ticket } from '../../api.ts'
import { useWords } from '../../words/index.ts'

/** The owner's page as the owner sees it, on a phone; the link to send, too. */
export function OwnerPhone({ ticket }: { ticket: Ticket }) {
  const { t } = useWords()
  const path = URL.canParse(ticket.ownerLink) ? new URL(ticket.ownerLink).pathname : ticket.ownerLink
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="sm">
        <Title order={2}>{t('ticket.ownerPage')}</Title>
        <Group gap={4}>
          <CopyButton value={ticket.ownerLink}>
            {({ copied, copy }) => (
              <Tooltip label={copied ? t('common.copied') : t('ticket.copyLink')}>
                <ActionIcon variant="default" aria-label={t('ticket.copyLink')} onClick={copy}>
                  {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
                </ActionIcon>
              </Tooltip>
            )}
          </CopyButton>
          <Tooltip label={t('ticket.openLink')}>
            <ActionIcon
              variant="default"
              component="a"
              href={path}
              target="_blank"
              rel="noreferrer"
              aria-label={t('ticket.openLink')}
            >
              <IconExternalLink size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <div className="phone">
        <iframe src={path} title={t('ticket.ownerPage')} />
      </div>
    </Card>
  )
}
