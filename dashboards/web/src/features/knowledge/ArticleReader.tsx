import { Anchor, Button, Group, Modal, Skeleton, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { useNames } from '../../components/names.ts'
import { Failure } from '../../components/Page.tsx'
import { useAction } from '../../components/useAction.ts'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { ArticleForm } from './ArticleForm.tsx'
import { HowItHelps } from './HowItHelps.tsx'
import { Steps } from './Steps.tsx'

/** One article with its versions: to read, to review, to write anew. */
export function ArticleReader({ id, close }: { id: string; close: () => void }) {
  const { t, say } = useWords()
  const names = useNames()
  const { act, busy } = useAction()
  const { data: article, error } = useCall('GET /api/articles/:id', { id })
  const [isWriting, write] = useState(false)
  const newest = article?.versions[0]
  if (article && isWriting) return <ArticleForm article={article} close={() => write(false)} />
  return (
    <Modal opened onClose={close} size="lg" title={article ? say(article.title) : ''}>
      {error && <Failure error={error} />}
      {!article && !error && <Skeleton height={160} />}
      {article && (
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {[
              names.kind(article.kind),
              ...article.models,
              ...article.modes.map((mode) => names.mode(article.kind, mode)),
            ].join(' · ')}
          </Text>
          <Steps text={say(article.text)} />
          <HowItHelps success={article.success} />
          {article.ticket && (
            <Anchor component={Link} to={`/tickets/${article.ticket}`} size="sm">
              {t('inbox.ticket')}
            </Anchor>
          )}
          <Stack gap={2} aria-label={t('knowledge.versions')}>
            {article.versions.map(({ version, at, by, reviewedBy }) => (
              <Text key={version} size="xs" c="dimmed">
                {t('knowledge.version', { version, by })} · <When at={at} />
                {reviewedBy && ` · ${t('knowledge.reviewedBy', { by: reviewedBy })}`}
              </Text>
            ))}
          </Stack>
          <Group gap="sm">
            <Allowed to="knowledge.write">
              <Button variant="default" onClick={() => write(true)}>
                {t('knowledge.edit')}
              </Button>
            </Allowed>
            <Allowed to="knowledge.publish">
              {newest && newest.reviewedBy === undefined && (
                <Button
                  loading={busy}
                  onClick={() =>
                    void act(
                      'POST /api/articles/:id/publish',
                      { id },
                      { version: newest.version },
                      t('knowledge.published2'),
                    )
                  }
                >
                  {t('knowledge.publish', { version: newest.version })}
                </Button>
              )}
              {article.state !== 'retired' && (
                <Button
                  variant="subtle"
                  color="red"
                  loading={busy}
                  onClick={() => void act('POST /api/articles/:id/retire', { id }, {}, t('common.saved')).then(close)}
                >
                  {t('knowledge.retire')}
                </Button>
              )}
            </Allowed>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
