import { Anchor, Badge, SimpleGrid, Skeleton, Stack, Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Answer, useCall } from '../../api.ts'
import { When } from '../../components/format.tsx'
import { Failure, Page, Panel } from '../../components/Page.tsx'
import { Allowed } from '../../components/useMay.tsx'
import { useWords } from '../../words/index.ts'
import { OnCallForms } from './OnCallForms.tsx'

/** Who is on call now, what is climbing, and who would be called of something that happens now? */
export default function OnCall() {
  const { t } = useWords()
  const { data, error, refetch } = useCall('GET /api/on-call', {}, 15_000)
  return (
    <Page title={t('nav.onCall')}>
      <Text size="sm" c="dimmed">
        {t('onCall.hint')}
      </Text>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={200} />}
      {data && (
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          <Now view={data} />
          <Foreseen />
          <Climbing />
          <Allowed to="onCall.change">
            <OnCallForms view={data} />
          </Allowed>
        </SimpleGrid>
      )}
    </Page>
  )
}

function Now({ view }: { view: Answer<'GET /api/on-call'> }) {
  const { t } = useWords()
  return (
    <Panel title={t('onCall.now')}>
      {view.on.length === 0 && <Text size="sm">{t('onCall.none')}</Text>}
      <Stack gap="xs">
        {view.on.map(({ rota, name, until, override }) => (
          <div key={rota}>
            <Text size="sm" fw={600}>
              <span translate="no">{rota}</span>: {name ?? t('onCall.nobody')}
              {override && (
                <Badge ml="xs" size="sm" variant="light" tt="none">
                  {t('onCall.standsIn')}
                </Badge>
              )}
            </Text>
            {until !== undefined && (
              <Text size="xs" c="dimmed">
                {t('onCall.until')} <When at={until} />
              </Text>
            )}
          </div>
        ))}
      </Stack>
    </Panel>
  )
}

function Foreseen() {
  const { t } = useWords()
  const { data } = useCall('GET /api/escalations/preview', {}, 60_000)
  return (
    <Panel title={t('onCall.chains')}>
      <Stack gap="sm">
        {data?.items.map(({ cause, steps }) => (
          <div key={cause}>
            <Text size="sm" fw={500}>
              {t(`onCall.causes.${cause}`)}
            </Text>
            {steps.map(({ at, rota, name, ways }, i) => (
              // Steps are in order, and have no name
              <Text key={i} size="xs" c={name && ways.length > 0 ? 'dimmed' : 'var(--late)'}>
                <When at={at} /> · <span translate="no">{rota}</span>: {name ?? t('onCall.nobody')}
                {name &&
                  ` · ${ways.length > 0 ? ways.map((way) => t(`delivery.ways.${way}`)).join(', ') : t('onCall.noWay')}`}
              </Text>
            ))}
          </div>
        ))}
      </Stack>
    </Panel>
  )
}

function Climbing() {
  const { t, say } = useWords()
  const { data } = useCall('GET /api/escalations', {}, 15_000)
  return (
    <Panel title={t('onCall.climbing')}>
      {data?.items.length === 0 && <Text size="sm">{t('onCall.calm')}</Text>}
      {data && data.items.length > 0 && (
        <Table.ScrollContainer minWidth={420}>
          <Table verticalSpacing={4}>
            <Table.Tbody>
              {data.items.slice(0, 20).map(({ id, cause, title, link, since, steps, endedAt, endedBy, nextAt }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    <Anchor component={Link} to={link} size="sm">
                      {endedAt === undefined ? say(title) : t(`onCall.causes.${cause}`)}
                    </Anchor>
                    <Text size="xs" c="dimmed">
                      <When at={since} />
                      {steps.map(({ step, rota, person }) => (
                        <span key={step}>
                          {' → '}
                          {person ?? `${rota}: ${t('onCall.nobody')}`}
                        </span>
                      ))}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="xs">
                      {endedAt === undefined ? (
                        nextAt === null ? (
                          t('onCall.allCalled')
                        ) : (
                          <>
                            {t('onCall.next')} <When at={nextAt} />
                          </>
                        )
                      ) : (
                        t('onCall.ended', { by: (endedBy ?? '').replace('user:', '') })
                      )}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  )
}
